// random: any live server, whatever the key and the weights.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "route/distribution.h"

namespace dovetail {

// The same seed gives the same picks. twemproxy draws from random() of libc instead, so its picks
// cannot be repeated, only their fairness.
class random_distribution : public distribution {
 public:
  explicit random_distribution(std::uint64_t seed) : draws_(seed) {}

  void rebuild(std::span<const place> places) override;
  std::uint32_t pick(std::uint32_t hash) override;

 private:
  random_stream draws_;
  std::vector<std::uint32_t> live_;
};

}  // namespace dovetail
