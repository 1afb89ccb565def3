// What the models' calendar says at an instant of the loop's clock.

#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace dovetail::sim {

// Milliseconds since 1970: the unit and zero of redis's EXPIREAT. The simulator may put any moment
// here, so that runs are the same on every day.
using unix_ms = std::int64_t;

struct wall_clock {
  unix_ms at_zero = 0;  // the calendar at the instant zero

  unix_ms at(instant now) const {
    return at_zero + std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  }
};

}  // namespace dovetail::sim
