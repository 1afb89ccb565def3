#include "proxy/pairing.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"

namespace dovetail {
namespace {

instant at(int ms) {
  return instant(std::chrono::milliseconds(ms));
}

awaited request(std::uint32_t sequence, int deadline_ms, std::uint64_t first_byte) {
  return {.owner = {.client = {.slot = 1, .generation = 1}, .sequence = sequence, .part = 0},
          .expected = {},
          .first_byte = first_byte,
          .size = 10,
          .deadline = at(deadline_ms)};
}

TEST(awaiting, hands_out_requests_in_the_order_they_were_asked) {
  awaiting line;
  line.push(request(0, 100, 0));
  line.push(request(1, 100, 10));

  EXPECT_EQ(line.pop().owner.sequence, 0U);
  EXPECT_EQ(line.pop().owner.sequence, 1U);
  EXPECT_TRUE(line.empty());
}

TEST(awaiting, expires_each_request_once_and_keeps_its_place) {
  awaiting line;
  line.push(request(0, 100, 0));
  line.push(request(1, 200, 10));

  EXPECT_FALSE(line.expire(at(99)));
  EXPECT_EQ(line.expire(at(100))->sequence, 0U);
  EXPECT_FALSE(line.expire(at(100)));
  EXPECT_EQ(line.next_deadline(), at(200));
  EXPECT_EQ(line.overdue_since(), at(100));

  EXPECT_TRUE(line.front_is_late());
  line.pop();
  EXPECT_FALSE(line.front_is_late());
  EXPECT_EQ(line.overdue_since(), std::nullopt);
  EXPECT_EQ(line.expire(at(300))->sequence, 1U);
}

TEST(awaiting, never_expires_without_a_deadline) {
  awaiting line;
  awaited for_ever = request(0, 0, 0);
  for_ever.deadline.reset();
  line.push(for_ever);
  EXPECT_EQ(line.next_deadline(), std::nullopt);
  EXPECT_FALSE(line.expire(instant::max()));
}

TEST(awaiting, says_which_requests_are_completely_written) {
  awaiting line;
  line.push(request(0, 1, 0));
  line.push(request(1, 1, 10));
  std::vector<std::uint32_t> moved;
  const auto note = [&](const awaited& sent) { moved.push_back(sent.owner.sequence); };

  line.written_to(9, {}, note);
  EXPECT_FALSE(line.front_is_written());
  line.written_to(19, {}, note);
  EXPECT_TRUE(line.front_is_written());
  EXPECT_EQ(moved, (std::vector<std::uint32_t>{0}));

  line.pop();
  EXPECT_FALSE(line.front_is_written());
  line.written_to(20, {}, note);
  EXPECT_EQ(moved, (std::vector<std::uint32_t>{0, 1}));
}

TEST(awaiting, keeps_what_each_response_must_echo) {
  awaiting line;
  awaited first = request(0, 1, 0);
  first.expected.echo_size = 3;
  line.echoes().push("one");
  line.push(first);
  awaited second = request(1, 1, 10);
  second.expected.echo_size = 5;
  line.echoes().push("three");
  line.push(second);

  EXPECT_EQ(line.front_echo(), "one");
  line.pop();
  EXPECT_EQ(line.front_echo(), "three");
}

}  // namespace
}  // namespace dovetail
