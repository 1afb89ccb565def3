// Random numbers that are the same on every compiler: integers only, seeded by the caller, handed
// in where they are needed. One stream per purpose, so that a draw added in one place moves nothing
// in another.

#pragma once

#include <cstdint>

#include "base/check.h"

namespace dovetail {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Not for
// secrets.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  // Uniform enough in [0, bound): multiply and shift, biased by less than bound / 2^32.
  std::uint32_t below(std::uint32_t bound) {
    DOVETAIL_CHECK(bound > 0);
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace dovetail
