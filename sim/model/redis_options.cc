#include "sim/model/redis_options.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/model/redis_expiry.h"

namespace dovetail::sim {

// True when `word` is an option without operand that may stand here.
bool redis_options::take_flag(std::string_view word, of command) {
  const bool is_set = command == of::set;
  if (is_set && !if_there && equal_ignoring_case(word, "NX")) return if_missing = true;
  if (is_set && !if_missing && equal_ignoring_case(word, "XX")) return if_there = true;
  if (is_set && equal_ignoring_case(word, "GET")) return get = true;
  if (is_set && !unit && equal_ignoring_case(word, "KEEPTTL")) return keep_ttl = true;
  if (!is_set && !unit && equal_ignoring_case(word, "PERSIST")) return persist = true;
  return false;
}

bool redis_options::take_unit(std::string_view word, std::string_view value) {
  const auto named = find_time_unit(word);
  if (!named || keep_ttl || persist) return false;
  if (unit && (unit->seconds != named->seconds || unit->absolute != named->absolute)) return false;
  unit = named;
  moment = value;
  return true;
}

std::optional<redis_options> redis_options::read(std::span<const std::string> words, of command) {
  redis_options read;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (read.take_flag(words[at], command)) continue;
    if (at + 1 == words.size() || !read.take_unit(words[at], words[at + 1])) return std::nullopt;
    ++at;
  }
  return read;
}

}  // namespace dovetail::sim
