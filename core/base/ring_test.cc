#include "base/ring.h"

#include <cstddef>
#include <memory>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(ring, gives_back_in_the_order_of_pushing_while_it_grows_and_wraps) {
  ring<int> queue;
  int pushed = 0;
  int popped = 0;
  for (int round = 0; round < 100; ++round) {
    for (int at = 0; at < round % 13; ++at)
      queue.push(pushed++);
    for (int at = 0; at < round % 7 && !queue.empty(); ++at)
      EXPECT_EQ(queue.pop(), popped++);
    if (!queue.empty()) {
      EXPECT_EQ(queue.front(), popped);
      EXPECT_EQ(queue.back(), pushed - 1);
      EXPECT_EQ(queue[queue.size() - 1], pushed - 1);
    }
  }
  EXPECT_EQ(queue.size(), static_cast<std::size_t>(pushed - popped));
}

TEST(ring, lets_go_of_what_was_popped) {
  ring<std::shared_ptr<int>> queue;
  const auto kept = std::make_shared<int>(1);
  queue.push(kept);
  queue.pop();
  EXPECT_EQ(kept.use_count(), 1);
}

TEST(ring, stops_the_process_when_popped_empty) {
  ring<int> queue;
  EXPECT_DEATH(queue.pop(), "broken promise");
}

}  // namespace
}  // namespace dovetail
