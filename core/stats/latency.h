// How long something took, in buckets: fixed memory, a few instructions each.
//
// The bounds are log-linear, two buckets to a doubling, so that a bound is at most half above the
// one before it:
//
//     0 … 64 µs | … 96 | … 128 | … 192 | … 256 | …  … | … 67 s | more

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "stats/counter.h"

namespace dovetail {

// Buckets by index, from 0; the last one has no bound. All times are microseconds.
namespace latency_bucket {

inline constexpr std::size_t doublings = 20;
inline constexpr std::size_t bounded = 1 + 2 * doublings;
inline constexpr std::size_t count = bounded + 1;

// The longest time in `bucket`, which must have a bound.
constexpr std::int64_t bound(std::size_t bucket) {
  if (bucket == 0) return 64;
  const std::size_t doubling = (bucket - 1) / 2;
  const std::int64_t half = bucket % 2 == 1 ? 1 : 2;
  return (std::int64_t{64} << doubling) + half * (std::int64_t{32} << doubling);
}

// The bucket of a time; one below zero is zero.
constexpr std::size_t of(std::int64_t time_us) {
  if (time_us <= bound(0)) return 0;
  const auto below = static_cast<std::uint64_t>(time_us - 1);
  const auto width = static_cast<std::size_t>(std::bit_width(below));  // 7 at least
  const std::size_t upper_half = (below >> (width - 2)) & 1;
  return std::min(1 + 2 * (width - 7) + upper_half, bounded);
}

}  // namespace latency_bucket

// Written by one thread, readable by all.
class latency_histogram {
 public:
  void add(std::int64_t time_us) {
    buckets_[latency_bucket::of(time_us)].add();
    sum_us_.add(std::max<std::int64_t>(time_us, 0));
  }

  std::int64_t bucket(std::size_t at) const { return buckets_[at].get(); }
  std::int64_t sum_us() const { return sum_us_.get(); }

 private:
  std::array<counter, latency_bucket::count> buckets_;
  counter sum_us_;
};

// The values of histograms added up.
struct latency_snapshot {
  std::array<std::int64_t, latency_bucket::count> buckets{};
  std::int64_t sum_us = 0;

  void add(const latency_histogram& from) {
    for (std::size_t at = 0; at < buckets.size(); ++at)
      buckets[at] += from.bucket(at);
    sum_us += from.sum_us();
  }
};

}  // namespace dovetail
