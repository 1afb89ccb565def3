// How long redis's commands may ask a key to live.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/model/redis_commands.h"

namespace dovetail::sim {

// How a number names a moment.
struct time_unit {
  bool seconds = false;   // else milliseconds
  bool absolute = false;  // since 1970, else from now
};

// EX, PX, EXAT, PXAT in either case.
std::optional<time_unit> find_time_unit(std::string_view option);

// The moment, or nothing when it is out of range. `positive` refuses zero and less, as SET does
// and EXPIRE does not.
std::optional<unix_ms> moment_of(std::int64_t number, time_unit unit, unix_ms now, bool positive);

// The moment that a word of SET, SETEX or GETEX names. Nothing when it names none: that was
// replied.
std::optional<unix_ms> read_moment(redis_call& call, std::string_view word, time_unit unit);

}  // namespace dovetail::sim
