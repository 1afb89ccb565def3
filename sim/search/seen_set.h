// The states that a search has been in: 16 bytes each, open addressing.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "sim/world/hasher.h"

namespace dovetail::sim {

class seen_set {
 public:
  // True when it was not there before.
  bool insert(const fingerprint& state) {
    if ((size_ + 1) * 10 > slots_.size() * 7) grow();
    const bool fresh = put(state);
    size_ += fresh ? 1 : 0;
    return fresh;
  }

  // Equal for equal sets, whatever the order in which they were filled.
  fingerprint sum() const {
    fingerprint all;
    for (const fingerprint& each : slots_) {
      all.high += each.high;
      all.low += each.low;
    }
    return all;
  }

 private:
  static constexpr fingerprint none = {};

  bool put(const fingerprint& state) {
    std::size_t at = state.low & (slots_.size() - 1);
    while (slots_[at] != none) {
      if (slots_[at] == state) return false;
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = state;
    return true;
  }

  void grow() {
    std::vector<fingerprint> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const fingerprint& each : old) {
      if (each != none) put(each);
    }
  }

  std::vector<fingerprint> slots_;
  std::size_t size_ = 0;
};

// One for several threads.
class shared_seen_set {
 public:
  bool insert(const fingerprint& state) {
    stripe& its = stripes_[state.high % stripes_.size()];
    const std::scoped_lock alone(its.only_one);
    return its.seen.insert(state);
  }

  fingerprint sum() const {
    fingerprint all;
    for (const stripe& each : stripes_) {
      const fingerprint its = each.seen.sum();
      all.high += its.high;
      all.low += its.low;
    }
    return all;
  }

 private:
  struct alignas(64) stripe {
    std::mutex only_one;
    seen_set seen;
  };
  std::array<stripe, 64> stripes_;
};

}  // namespace dovetail::sim
