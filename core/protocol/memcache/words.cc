#include "protocol/memcache/words.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "buffer/outbox.h"

namespace dovetail::memcache {

bool has_control(std::string_view word) {
  return std::ranges::any_of(word, is_control);
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

std::string_view take_word(std::string_view& rest) {
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::size_t size = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

}  // namespace dovetail::memcache
