// The number of a header, judged with each byte of it that comes.
//
//     $ 5 1 2 \r
//       ^ read_number begins here and ends behind the CR

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "protocol/protocol.h"

namespace dovetail::redis {

inline constexpr std::size_t crlf_bytes = 2;

// malformed: whatever follows, it is none.
struct number {
  parse_status status = parse_status::malformed;
  std::int64_t value = 0;
  std::size_t end = 0;  // of what was read, its CR included
};

// As redis's string2ll (util.c): an optional minus, no plus, no leading zeros, at least `least`.
// `fits(value, end)` says of one that is not negative whether it, ending there, is small enough: it
// is asked as the number grows. Of a number, so few bytes can come that it is begun anew with each.
template <class Fits>
number read_number(std::string_view bytes, std::size_t from, std::int64_t least, const Fits& fits) {
  std::size_t at = from;
  const bool negative = at < bytes.size() && bytes[at] == '-';
  if (negative && least >= 0) return {};
  if (negative) ++at;
  const std::uint64_t most =
      negative ? -static_cast<std::uint64_t>(least) : std::numeric_limits<std::int64_t>::max();
  const std::size_t first = at;
  std::uint64_t magnitude = 0;
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (c == '\r' && at > first) {
      const std::uint64_t value = negative ? -magnitude : magnitude;
      return {parse_status::complete, static_cast<std::int64_t>(value), at + 1};
    }
    if (!is_digit(c)) return {};
    if (at > first ? magnitude == 0 : negative && c == '0') return {};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (digit > most || magnitude > (most - digit) / 10) return {};
    magnitude = magnitude * 10 + digit;
    if (!negative && !fits(magnitude, at + 1)) return {};
  }
  return {.status = parse_status::incomplete};
}

}  // namespace dovetail::redis
