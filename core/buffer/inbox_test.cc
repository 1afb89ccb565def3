#include "buffer/inbox.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/slice.h"

namespace dovetail {
namespace {

class inbox_test : public ::testing::Test {
 protected:
  void receive(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto room = in.room();
      const std::size_t size = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), size);
      in.fill(size);
      bytes.remove_prefix(size);
    }
  }

  block_pool blocks{64};
  inbox in{blocks};
};

TEST_F(inbox_test, holds_no_block_while_empty) {
  EXPECT_EQ(blocks.in_use(), 0U);
  receive("hello");
  EXPECT_EQ(blocks.in_use(), 1U);
  in.consume(5);
  EXPECT_EQ(blocks.in_use(), 0U);

  in.room();
  in.fill(0);
  in.release_if_empty();
  EXPECT_EQ(blocks.in_use(), 0U);
}

TEST_F(inbox_test, keeps_an_unfinished_message_in_one_piece_across_blocks) {
  const std::string first(50, 'a');
  const std::string second(40, 'b');
  receive(first + second.substr(0, 10));
  in.consume(50);
  receive(second.substr(10));
  EXPECT_EQ(in.unread(), second);
}

TEST_F(inbox_test, does_not_move_bytes_that_a_slice_keeps) {
  receive(std::string(60, 'a'));
  const slice kept = in.front(60);
  in.consume(50);
  receive(std::string(30, 'b'));
  EXPECT_EQ(kept.view(), std::string(60, 'a'));
  EXPECT_EQ(in.unread(), std::string(10, 'a') + std::string(30, 'b'));
}

TEST_F(inbox_test, makes_room_at_once_for_a_message_that_announced_its_length) {
  receive("$1000\r\n");
  in.expect(1009);
  EXPECT_GE(in.room().size(), 1002U);
  receive(std::string(1000, 'x'));
  EXPECT_EQ(in.unread(), "$1000\r\n" + std::string(1000, 'x'));
}

TEST_F(inbox_test, never_moves_a_value_of_a_megabyte_that_announced_its_length) {
  const std::string head = "$1048576\r\n";
  receive(head);
  in.expect(head.size() + (1U << 20) + 2);
  const auto before = blocks.allocations();
  receive(std::string((1U << 20) + 2, 'x'));
  EXPECT_EQ(blocks.allocations(), before + 1);
}

TEST_F(inbox_test, does_not_believe_a_great_length_before_its_bytes_come) {
  receive("$1000000000\r\n");
  in.expect(1000000015);
  EXPECT_LE(in.room().size(), std::size_t{2} << 20);
}

TEST_F(inbox_test, copies_a_message_that_announced_a_great_length_a_bounded_number_of_times) {
  constexpr std::size_t announced = 64U << 20;
  const std::string piece(64U << 10, 'x');
  const auto before = blocks.allocations();
  while (in.size() < announced) {
    in.expect(announced + 2);
    receive(piece);
  }
  EXPECT_LE(blocks.allocations() - before, 6U) << "room must grow fourfold";
}

TEST_F(inbox_test, copies_a_long_message_of_unknown_length_a_bounded_number_of_times) {
  std::string all;
  std::uint64_t allocations = blocks.allocations();
  for (int at = 0; at < 10000; ++at) {
    receive("0123456789");
    all += "0123456789";
  }
  EXPECT_EQ(in.unread(), all);
  EXPECT_LT(blocks.allocations() - allocations, 20U) << "room must double";
}

TEST_F(inbox_test, allocates_nothing_in_a_steady_state) {
  receive("warm");
  in.consume(4);
  const auto before = blocks.allocations();
  for (int at = 0; at < 1000; ++at) {
    receive("0123456789");
    in.consume(10);
  }
  EXPECT_EQ(blocks.allocations(), before);
}

}  // namespace
}  // namespace dovetail
