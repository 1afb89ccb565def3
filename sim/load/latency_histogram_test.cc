#include "sim/load/latency_histogram.h"

#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

namespace dovetail::sim::load {
namespace {

using std::chrono::microseconds;

constexpr std::uint32_t half = 500'000;
constexpr std::uint32_t all = 1'000'000;

TEST(latency_histogram, is_empty_at_first) {
  const latency_histogram none;

  EXPECT_EQ(none.total(), 0);
  EXPECT_EQ(none.quantile(half), 0);
  EXPECT_EQ(none.largest(), 0);
}

TEST(latency_histogram, is_exact_for_what_is_short) {
  latency_histogram some;
  for (int micros = 0; micros < 128; ++micros)
    some.add(microseconds(micros));

  EXPECT_EQ(some.quantile(half), 63);
  EXPECT_EQ(some.quantile(990'000), 126);
  EXPECT_EQ(some.quantile(all), 127);
}

TEST(latency_histogram, is_at_most_a_64th_too_long_and_never_too_short) {
  for (std::uint64_t micros = 1; micros < 4'000'000'000; micros = micros * 17 / 16 + 1) {
    latency_histogram some;
    some.add(microseconds(micros));
    some.add(std::chrono::hours(2));
    const std::uint64_t found = some.quantile(half);

    EXPECT_GE(found, micros);
    EXPECT_LE(found, micros + micros / 64);
  }
}

TEST(latency_histogram, takes_what_is_out_of_bounds) {
  latency_histogram some;
  some.add(microseconds(-5));
  some.add(std::chrono::hours(1000));

  EXPECT_EQ(some.total(), 2);
  EXPECT_EQ(some.quantile(half), 0);
  EXPECT_EQ(some.quantile(all), 0xffff'ffff);
}

TEST(latency_histogram, takes_the_rank_that_covers_the_share) {
  latency_histogram some;
  for (int i = 0; i < 999; ++i)
    some.add(microseconds(10));
  some.add(microseconds(100));

  EXPECT_EQ(some.quantile(999'000), 10);
  EXPECT_EQ(some.quantile(999'001), 100);
}

}  // namespace
}  // namespace dovetail::sim::load
