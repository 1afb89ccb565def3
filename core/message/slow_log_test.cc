#include "message/slow_log.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "message/request.h"

namespace dovetail {
namespace {

using testing::ElementsAre;

// A request of these words, all but the first of which are keys.
struct written {
  explicit written(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& each : words) {
      arguments.push_back({.offset = static_cast<std::uint32_t>(text.size()),
                           .size = static_cast<std::uint32_t>(each.size())});
      text += each;
    }
    std::ranges::copy(std::as_bytes(std::span(text)), from.room().begin());
    from.fill(text.size());
    asked.bytes = from.front(text.size());
    asked.arguments = arguments;
    asked.keys = std::span(arguments).subspan(1);
  }

  block_pool pool;
  inbox from{pool};
  std::vector<extent> arguments;
  request asked;
};

std::vector<std::string> arguments_of(std::string_view note) {
  std::vector<std::string> found;
  for_each_argument(note, [&](std::string_view each) { found.emplace_back(each); });
  return found;
}

std::vector<std::string> noted(const std::vector<std::string>& words) {
  byte_queue notes;
  const std::uint32_t size = note_arguments(written(words).asked, notes);
  EXPECT_EQ(size, notes.size());
  return arguments_of(notes.front(size));
}

TEST(slow_log, notes_the_arguments_of_a_request) {
  EXPECT_THAT(noted({"SET", "key", ""}), ElementsAre("SET", "key", ""));
}

TEST(slow_log, says_how_much_it_left_out_as_redis_does) {
  EXPECT_THAT(noted({"SET", std::string(130, 'x')}),
              ElementsAre("SET", std::string(128, 'x') + "... (2 more bytes)"));

  const auto many = noted(std::vector<std::string>(40, "a"));
  EXPECT_EQ(many.size(), 32);
  EXPECT_EQ(many[30], "a");
  EXPECT_EQ(many[31], "... (9 more arguments)");
}

TEST(slow_log, notes_of_a_part_its_keys_alone) {
  const written mget({"MGET", "a", "b", "c"});
  byte_queue notes;
  const std::array<std::uint32_t, 2> outer = {0, 2};
  const std::uint32_t size = note_arguments(mget.asked, outer, notes);

  EXPECT_THAT(arguments_of(notes.front(size)), ElementsAre("MGET", "a", "c"));
}

slow_request took(std::int64_t time_us) {
  slow_request made;
  made.took_us = time_us;
  return made;
}

TEST(slow_log, keeps_the_newest_and_counts_them_on) {
  slow_log log(2);
  for (int each = 0; each < 3; ++each)
    log.add(took(each));

  EXPECT_EQ(log.size(), 2);
  const auto both = log.newest(10);
  ASSERT_EQ(both.size(), 2);
  EXPECT_EQ(both[0].id, 2);
  EXPECT_EQ(both[0].took_us, 2);
  EXPECT_EQ(both[1].id, 1);
  EXPECT_EQ(log.newest(1).size(), 1);

  log.reset();
  EXPECT_EQ(log.size(), 0);
  log.add({});
  EXPECT_EQ(log.newest(1).at(0).id, 3);
}

TEST(slow_log, is_that_of_the_pool_as_long_as_somebody_has_it) {
  slow_logs logs;
  auto alpha = logs.of("alpha", 8);
  EXPECT_EQ(logs.of("alpha", 8), alpha);
  EXPECT_NE(logs.of("beta", 8), alpha);
  EXPECT_NE(logs.of("alpha", 9), alpha);

  alpha = logs.of("alpha", 8);
  alpha->add({});
  alpha.reset();
  EXPECT_EQ(logs.of("alpha", 8)->size(), 0);
}

}  // namespace
}  // namespace dovetail
