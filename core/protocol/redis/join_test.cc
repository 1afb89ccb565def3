#include "protocol/redis/join.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "buffer/packer.h"
#include "message/split_request.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

// Joins `replies` of the parts that `part_of_key` gives the keys to.
std::string joined(join_kind how,
                   const std::vector<std::uint32_t>& part_of_key,
                   const std::vector<std::string>& replies) {
  block_pool pool;
  packer keeper(pool);
  split_request split;
  split.join = join_of(how);
  split.part_of_key = part_of_key;
  split.parts.resize(replies.size());
  split.waiting = replies.size();
  for (std::size_t at = replies.size(); at-- > 0;) {
    split.answer(at, keeper.keep(replies[at]), replies[at].starts_with('-'));
  }
  outbox out(pool);
  split.write(out);
  return drain(out);
}

}  // namespace

TEST(join, puts_elements_in_the_order_of_the_keys) {
  EXPECT_EQ(joined(join_kind::array, {0, 1, 0, 1},
                   {"*2\r\n$1\r\na\r\n$-1\r\n", "*2\r\n$0\r\n\r\n$2\r\nbb\r\n"}),
            "*4\r\n$1\r\na\r\n$0\r\n\r\n$-1\r\n$2\r\nbb\r\n");
}

TEST(join, keeps_elements_that_look_like_protocol) {
  EXPECT_EQ(
      joined(join_kind::array, {1, 0}, {"*1\r\n$7\r\n$1\r\nx\r\n\r\n", "*1\r\n$4\r\n*1\r\n\r\n"}),
      "*2\r\n$4\r\n*1\r\n\r\n$7\r\n$1\r\nx\r\n\r\n");
}

TEST(join, keeps_elements_of_any_shape) {
  EXPECT_EQ(joined(join_kind::array, {0, 1, 0},
                   {"*2\r\n*2\r\n*1\r\n:1\r\n*-1\r\n-ERR x\r\n", "*1\r\n+OK\r\n"}),
            "*3\r\n*2\r\n*1\r\n:1\r\n*-1\r\n+OK\r\n-ERR x\r\n");
}

TEST(join, adds_numbers) {
  EXPECT_EQ(joined(join_kind::sum, {0, 1, 2, 1}, {":1\r\n", ":2\r\n", ":0\r\n"}), ":3\r\n");
}

TEST(join, says_ok_once) {
  EXPECT_EQ(joined(join_kind::ok, {0, 1}, {"+OK\r\n", "+OK\r\n"}), "+OK\r\n");
}

TEST(join, answers_with_the_error_of_the_first_part_that_failed) {
  EXPECT_EQ(joined(join_kind::array, {0, 1, 2}, {"*1\r\n$1\r\na\r\n", "-OOM no\r\n", "-ERR x\r\n"}),
            "-OOM no\r\n");
  EXPECT_EQ(joined(join_kind::sum, {0, 1}, {":1\r\n", "-READONLY\r\n"}), "-READONLY\r\n");
}

TEST(join, takes_more_parts_than_it_has_room_for_on_the_stack) {
  std::vector<std::uint32_t> part_of_key;
  std::vector<std::string> replies;
  std::string expected = "*200\r\n";
  for (std::uint32_t at = 0; at < 200; ++at) {
    part_of_key.push_back(199 - at);
    replies.push_back("*1\r\n:" + std::to_string(at) + "\r\n");
    expected += ":" + std::to_string(199 - at) + "\r\n";
  }

  EXPECT_EQ(joined(join_kind::array, part_of_key, replies), expected);
}

TEST(join, puts_arrays_one_behind_the_other) {
  EXPECT_EQ(
      joined(join_kind::concat, {}, {"*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*0\r\n", "*1\r\n:1\r\n"}),
      "*3\r\n$1\r\na\r\n$1\r\nb\r\n:1\r\n");
  EXPECT_EQ(joined(join_kind::concat, {}, {"*0\r\n"}), "*0\r\n");
}

TEST(join, adds_up_whatever_numbers_there_are) {
  EXPECT_EQ(joined(join_kind::sum, {}, {":9223372036854775807\r\n", ":1\r\n"}),
            ":-9223372036854775808\r\n");
}

TEST(join, gives_the_one_answer_of_all_or_says_that_there_is_none) {
  EXPECT_EQ(joined(join_kind::same, {}, {"$1\r\na\r\n", "$1\r\na\r\n"}), "$1\r\na\r\n");
  EXPECT_EQ(joined(join_kind::same, {}, {"$1\r\na\r\n", "$1\r\nb\r\n"}),
            "-ERR the answers of the servers differ\r\n");
}

TEST(join, says_yes_where_every_server_does) {
  EXPECT_EQ(joined(join_kind::both, {}, {"*3\r\n:1\r\n:1\r\n:0\r\n", "*3\r\n:1\r\n:0\r\n:0\r\n"}),
            "*3\r\n:1\r\n:0\r\n:0\r\n");
  EXPECT_EQ(joined(join_kind::both, {}, {"*1\r\n$2\r\n:1\r\n", "*1\r\n:1\r\n"}), "*1\r\n:0\r\n");
}

}  // namespace dovetail::redis
