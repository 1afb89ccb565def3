// Choices from outside: a path that a search has found, or any numbers at all.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/net/choice.h"

namespace dovetail::sim {

// Each choice is the next number modulo how many there are to choose from, and the dull one behind
// the last number: any tape is a run, and a shorter one a simpler run.
class tape_chooser final : public chooser {
 public:
  // `tape` outlives the chooser.
  explicit tape_chooser(std::span<const std::uint32_t> tape) : tape_(tape) {}

  std::size_t pick(std::span<const happening> possible) override {
    return next() % possible.size();
  }
  std::uint32_t choose(std::uint32_t n, site) override { return next() % n; }

 private:
  std::uint32_t next() { return at_ < tape_.size() ? tape_[at_++] : 0; }

  std::span<const std::uint32_t> tape_;
  std::size_t at_ = 0;
};

}  // namespace dovetail::sim
