#include "proxy/reply_window.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "message/split_request.h"

namespace dovetail {
namespace {

class reply_window_test : public ::testing::Test {
 protected:
  std::string text() {
    std::array<std::span<const std::byte>, 64> pieces;
    const std::size_t count = out.gather(pieces);
    std::string all;
    for (std::size_t at = 0; at < count; ++at) {
      all.append(reinterpret_cast<const char*>(pieces[at].data()), pieces[at].size());
    }
    return all;
  }

  std::unique_ptr<split_request> of_two_parts() {
    auto made = splits.get();
    made->parts.resize(2);
    made->waiting = 2;
    made->join = [](const split_request& from, outbox& to) {
      for (const auto& part : from.parts)
        to.append(part.reply);
    };
    return made;
  }

  block_pool blocks;
  split_pool splits;
  outbox out{blocks};
  counter replied;
  reply_window window{blocks, out, splits, replied};
};

TEST_F(reply_window_test, holds_a_reply_until_the_earlier_one_has_come) {
  const auto first = window.open();
  const auto second = window.open();

  window.settle(second, 0, "b", false);
  EXPECT_EQ(text(), "");

  window.settle(first, 0, "a", false);
  EXPECT_EQ(text(), "ab");
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(replied.get(), 2);
}

TEST_F(reply_window_test, settles_a_split_request_with_its_last_part) {
  const auto first = window.open(of_two_parts());
  const auto second = window.open();
  window.settle(second, 0, "z", false);

  window.settle(first, 1, "2", false);
  EXPECT_EQ(text(), "");

  window.settle(first, 0, "1", false);
  EXPECT_EQ(text(), "12z");
}

TEST_F(reply_window_test, gives_one_error_for_a_split_request) {
  const auto only = window.open(of_two_parts());
  window.settle(only, 1, "-no", true);
  window.settle(only, 0, "1", false);
  EXPECT_EQ(text(), "-no");
}

TEST_F(reply_window_test, keeps_small_replies_together_in_one_block) {
  const auto first = window.open();
  std::string expected = "first";
  for (int at = 0; at < 100; ++at) {
    const std::string reply = std::to_string(at);
    expected += reply;
    block_ref big = blocks.get();
    std::copy(reply.begin(), reply.end(), big->data());
    window.settle(window.open(), 0, slice(big, 0, reply.size()), false);
  }
  EXPECT_EQ(blocks.in_use(), 1U);

  window.settle(first, 0, "first", false);
  EXPECT_EQ(text(), expected);
  out.clear();
  EXPECT_EQ(blocks.in_use(), 0U);
}

TEST_F(reply_window_test, allocates_nothing_in_a_steady_state) {
  const auto round = [&] {
    const auto first = window.open();
    const auto second = window.open();
    window.settle(second, 0, "b", false);
    window.settle(first, 0, "a", false);
    out.clear();
  };
  round();
  const auto before = blocks.allocations();
  for (int at = 0; at < 1000; ++at)
    round();
  EXPECT_EQ(blocks.allocations(), before);
}

TEST_F(reply_window_test, stops_the_process_when_a_reply_comes_twice) {
  const auto first = window.open();
  window.open();
  window.settle(first, 0, "a", false);
  EXPECT_DEATH(window.settle(first, 0, "a", false), "broken promise");
}

}  // namespace
}  // namespace dovetail
