#include "protocol/memcache/replies.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {

std::optional<value_line> read_value_line(std::string_view line) {
  constexpr std::string_view name = "VALUE ";
  if (!line.starts_with(name)) return std::nullopt;
  const std::size_t key_size = find_control(line, name.size()) - name.size();
  if (key_size == 0 || key_size > key_bytes_max) return std::nullopt;

  std::string_view rest = line.substr(name.size() + key_size);
  const auto flags = take_number(rest, std::numeric_limits<std::uint32_t>::max());
  const auto bytes = take_number(rest, block_bytes_max);
  const bool has_unique = !rest.empty();
  const bool good =
      !has_unique || take_number(rest, std::numeric_limits<std::uint64_t>::max()).has_value();
  if (!flags || !bytes || !good || !rest.empty()) return std::nullopt;
  return value_line{.key = {.offset = name.size(), .size = static_cast<std::uint32_t>(key_size)},
                    .bytes = *bytes,
                    .has_unique = has_unique};
}

std::size_t size_of_value(std::string_view reply, std::string_view key) {
  constexpr std::string_view name = "VALUE ";
  const std::size_t flags = name.size() + key.size() + 1;
  if (reply.size() < flags || reply[flags - 1] != ' ' || !reply.starts_with(name)) return 0;
  if (reply.compare(name.size(), key.size(), key) != 0) return 0;
  std::string_view rest = reply.substr(reply.find(' ', flags));
  const auto bytes = take_number(rest, block_bytes_max);
  DOVETAIL_CHECK(bytes.has_value());
  const std::size_t block = reply.size() - rest.size() + rest.find('\n') + 1;
  return block + static_cast<std::size_t>(*bytes) + 2;
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
