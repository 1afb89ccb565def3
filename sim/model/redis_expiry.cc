#include "sim/model/redis_expiry.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "sim/model/redis_commands.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {

std::optional<time_unit> find_time_unit(std::string_view option) {
  if (equal_ignoring_case(option, "EX")) return time_unit{.seconds = true, .absolute = false};
  if (equal_ignoring_case(option, "PX")) return time_unit{.seconds = false, .absolute = false};
  if (equal_ignoring_case(option, "EXAT")) return time_unit{.seconds = true, .absolute = true};
  if (equal_ignoring_case(option, "PXAT")) return time_unit{.seconds = false, .absolute = true};
  return std::nullopt;
}

std::optional<unix_ms> moment_of(std::int64_t number, time_unit unit, unix_ms now, bool positive) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  if (positive && number <= 0) return std::nullopt;
  if (unit.seconds) {
    if (number > most / 1000 || number < least / 1000) return std::nullopt;
    number *= 1000;
  }
  if (unit.absolute) return number;
  if (number > most - now) return std::nullopt;
  return number + now;
}

std::optional<unix_ms> read_moment(redis_call& call, std::string_view word, time_unit unit) {
  const auto number = call.number(word);
  if (!number) return std::nullopt;
  const auto moment = moment_of(*number, unit, call.now, true);
  if (!moment) call.invalid_expire();
  return moment;
}

}  // namespace dovetail::sim
