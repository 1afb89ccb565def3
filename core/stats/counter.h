// One number that is counted.

#pragma once

#include <atomic>
#include <cstdint>

namespace dovetail {

// Written by one thread, readable by all; adding costs no locked instruction.
class counter {
 public:
  void add(std::int64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

}  // namespace dovetail
