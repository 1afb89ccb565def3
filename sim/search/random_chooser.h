// Choices by chance: the same for the same seed on every machine.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random.h"
#include "sim/net/choice.h"

namespace dovetail::sim {

// Any of what is possible; faults and odd sizes less often than what is dull, so that a run gets
// somewhere before something goes wrong.
class random_chooser final : public chooser {
 public:
  explicit random_chooser(std::uint64_t seed) : random_(seed) {}

  std::size_t pick(std::span<const happening> possible) override;
  std::uint32_t choose(std::uint32_t n, site about) override;

 private:
  random_stream random_;
};

}  // namespace dovetail::sim
