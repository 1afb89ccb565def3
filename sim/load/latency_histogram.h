// How long requests took, in a fixed amount of memory.

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace dovetail::sim::load {

// Counts microseconds in buckets that are exact below 128 and at most 1/64 wide above, up to 71
// minutes, which stand for more as well.
class latency_histogram {
 public:
  void add(duration took) {
    const auto most = static_cast<std::int64_t>(value_max);
    const auto micros =
        static_cast<std::uint64_t>(std::min(std::max(took.count(), std::int64_t{0}), most));
    ++counts_[bucket_of(micros)];
    ++total_;
    largest_ = std::max(largest_, micros);
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t largest() const { return largest_; }

  // The microseconds that `share` in a million of the requests did not exceed, never too small.
  // 0 when there are none.
  std::uint64_t quantile(std::uint32_t share) const {
    const std::uint64_t rank = (total_ * share + 999'999) / 1'000'000;
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      seen += counts_[at];
      if (seen >= rank && seen > 0) return std::min(largest_of(at), largest_);
    }
    return 0;
  }

 private:
  static constexpr unsigned fine_bits = 6;  // buckets in each power of two
  static constexpr std::uint64_t value_max = 0xffff'ffff;

  // The leading fine_bits + 1 bits say which, and how many follow them.
  static std::size_t bucket_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > fine_bits + 1 ? width - fine_bits - 1 : 0;
    return (static_cast<std::size_t>(shift) << fine_bits) + (value >> shift);
  }

  static std::uint64_t largest_of(std::size_t bucket) {
    const std::size_t fine = std::size_t{1} << fine_bits;
    if (bucket < 2 * fine) return bucket;
    const std::size_t shift = bucket / fine - 1;
    return ((bucket % fine + fine + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (32 - fine_bits + 1) << fine_bits> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace dovetail::sim::load
