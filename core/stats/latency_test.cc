#include "stats/latency.h"

#include <cstddef>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(latency, has_two_buckets_to_a_doubling) {
  EXPECT_EQ(latency_bucket::bound(0), 64);
  EXPECT_EQ(latency_bucket::bound(1), 96);
  EXPECT_EQ(latency_bucket::bound(2), 128);
  EXPECT_EQ(latency_bucket::bound(3), 192);
  EXPECT_EQ(latency_bucket::bound(latency_bucket::bounded - 1), 64 << 20);
}

TEST(latency, puts_every_time_into_the_first_bucket_that_reaches_to_it) {
  for (std::size_t at = 0; at < latency_bucket::bounded; ++at) {
    const std::int64_t bound = latency_bucket::bound(at);
    EXPECT_EQ(latency_bucket::of(bound), at);
    EXPECT_EQ(latency_bucket::of(bound + 1), at + 1);
  }
  EXPECT_EQ(latency_bucket::of(0), 0);
  EXPECT_EQ(latency_bucket::of(-5), 0);
  EXPECT_EQ(latency_bucket::of(std::numeric_limits<std::int64_t>::max()), latency_bucket::bounded);
}

TEST(latency, adds_up) {
  latency_histogram first;
  latency_histogram second;
  first.add(100);
  first.add(-3);
  second.add(100);

  latency_snapshot sum;
  sum.add(first);
  sum.add(second);

  EXPECT_EQ(sum.buckets[latency_bucket::of(100)], 2);
  EXPECT_EQ(sum.buckets[0], 1);
  EXPECT_EQ(sum.sum_us, 200);
}

}  // namespace
}  // namespace dovetail
