#include "base/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/check.h"

namespace dovetail {

std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t most) {
  constexpr std::size_t digits_that_fit = 19;
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at])) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(text[at] - '0');
    if (at >= digits_that_fit && (digit > most || value > (most - digit) / 10)) return std::nullopt;
    value = value * 10 + digit;
  }
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_signed_strict(std::string_view text) {
  if (text == "0") return 0;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.front() == '0') return std::nullopt;
  const std::uint64_t most =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  const auto magnitude = parse_unsigned(text, most);
  if (!magnitude) return std::nullopt;
  return static_cast<std::int64_t>(negative ? ~*magnitude + 1 : *magnitude);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

decimal::decimal(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  write(number < 0 ? ~bits + 1 : bits);
  if (number < 0) digits_[--from_] = '-';
}

decimal decimal::of(std::uint64_t number) {
  decimal made;
  made.write(number);
  return made;
}

void decimal::write(std::uint64_t magnitude) {
  do {
    DOVETAIL_CHECK(from_ > 0);
    digits_[--from_] = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude > 0);
}

}  // namespace dovetail
