#include "protocol/memcache/words.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "buffer/outbox.h"

namespace dovetail::memcache {
namespace {

// Of eight bytes at once: the lowest bit that is set is in the first one that is a control byte.
// (A borrow can mark only bytes behind one that is marked rightly.)
constexpr std::uint64_t controls_in(std::uint64_t eight) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  const std::uint64_t deletes = eight ^ (ones * 0x7f);
  const std::uint64_t low = (eight - ones * 0x21) & ~eight;
  return (low | ((deletes - ones) & ~deletes)) & (ones * 0x80);
}

}  // namespace

std::size_t find_control(std::string_view text, std::size_t from) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t eight = 0;
    for (; from + sizeof eight <= text.size(); from += sizeof eight) {
      std::memcpy(&eight, text.data() + from, sizeof eight);
      if (const std::uint64_t found = controls_in(eight)) {
        return from + static_cast<std::size_t>(std::countr_zero(found)) / 8;
      }
    }
  }
  while (from < text.size() && !is_control(text[from]))
    ++from;
  return from;
}

bool has_control(std::string_view word) {
  return find_control(word, 0) < word.size();
}

bool is_key(std::string_view word, std::size_t bytes_max) {
  return !word.empty() && word.size() <= bytes_max && !has_control(word);
}

bool is_unsigned(std::string_view word, std::uint64_t most) {
  return parse_unsigned(word, most).has_value();
}

bool is_signed_32(std::string_view word) {
  constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
  if (!word.starts_with('-')) return is_unsigned(word, most);
  return is_unsigned(word.substr(1), most + 1);
}

bool is_shortest(std::string_view number) {
  return number == "0" || (!number.starts_with('0') && !number.starts_with("-0"));
}

void write_shortest(std::string_view number, outbox& out) {
  const bool negative = number.starts_with('-');
  const std::size_t zeros = number.find_first_not_of('0', negative ? 1 : 0);
  if (zeros == std::string_view::npos) return out.append("0");
  if (negative) out.append("-");
  out.append(number.substr(zeros));
}

std::optional<std::uint64_t> take_number(std::string_view& rest, std::uint64_t most) {
  if (!rest.starts_with(' ')) return std::nullopt;
  // Each value has two, so they are read as they are looked for, where that cannot overflow.
  constexpr std::size_t digits_that_fit = 19;
  std::uint64_t number = 0;
  std::size_t end = 1;
  for (; end < rest.size() && is_digit(rest[end]); ++end)
    number = number * 10 + static_cast<std::uint64_t>(rest[end] - '0');
  const std::string_view digits = rest.substr(1, end - 1);
  rest.remove_prefix(end);
  if (digits.empty() || digits.size() > digits_that_fit) return parse_unsigned(digits, most);
  return number <= most ? std::optional(number) : std::nullopt;
}

std::string_view take_word(std::string_view& rest) {
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::size_t size = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

}  // namespace dovetail::memcache
