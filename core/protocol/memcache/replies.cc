#include "protocol/memcache/replies.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {

std::optional<value_line> read_value_line(std::string_view line) {
  constexpr std::string_view name = "VALUE";
  if (!line.starts_with("VALUE ")) return std::nullopt;
  std::string_view rest = line.substr(name.size());
  const std::string_view key = take_word(rest);
  const std::string_view flags = take_word(rest);
  const auto bytes = parse_unsigned(take_word(rest), block_bytes_max);
  if (!is_key(key, key_bytes_max) || !bytes) return std::nullopt;
  if (!parse_unsigned(flags, std::numeric_limits<std::uint32_t>::max())) return std::nullopt;

  const bool has_unique = !rest.empty();
  if (has_unique && !is_unsigned(take_word(rest), std::numeric_limits<std::uint64_t>::max())) {
    return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return value_line{
      .key = {.offset = name.size() + 1, .size = static_cast<std::uint32_t>(key.size())},
      .bytes = *bytes,
      .has_unique = has_unique};
}

bool is_error_line(std::string_view line) {
  for (const std::string_view word : {"ERROR", "CLIENT_ERROR", "SERVER_ERROR"}) {
    if (line.starts_with(word)) return line.size() == word.size() || line[word.size()] == ' ';
  }
  return false;
}

void refuse(std::string_view why, std::string& out) {
  out.append("SERVER_ERROR ").append(why).append("\r\n");
}

}  // namespace dovetail::memcache
