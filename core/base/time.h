// A clock without now(): the core is told the time and cannot ask for it.

#pragma once

#include <chrono>

namespace dovetail {

struct loop_clock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<loop_clock, duration>;
  static constexpr bool is_steady = true;
};

// A moment on the event loop's monotonic clock. Its zero means nothing.
using instant = loop_clock::time_point;
using duration = loop_clock::duration;

}  // namespace dovetail
