#include "base/random.h"

#include <array>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(random_stream, gives_the_same_numbers_on_every_machine) {
  random_stream numbers(1234567);
  EXPECT_EQ(numbers.next(), 6457827717110365317U);  // published test vector of SplitMix64
  EXPECT_EQ(numbers.next(), 3203168211198807973U);
}

TEST(random_stream, stays_below_its_bound_and_reaches_all_of_it) {
  random_stream numbers(1);
  std::array<int, 5> seen{};
  for (int at = 0; at < 1000; ++at)
    ++seen.at(numbers.below(5));
  for (const int count : seen)
    EXPECT_GT(count, 100);
  EXPECT_EQ(numbers.below(1), 0U);
}

}  // namespace
}  // namespace dovetail
