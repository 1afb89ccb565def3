#include "sim/net/framing.h"

#include <charconv>
#include <cstddef>
#include <string_view>

namespace dovetail::sim {
namespace {

// The line that `bytes` begin with, its end included; 0 when it is not whole.
std::size_t line_size(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  return end == std::string_view::npos ? 0 : end + 1;
}

long number_in(std::string_view text) {
  long number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Of a memcached data block that `words` announce, its line end included.
std::size_t block_size(std::string_view line, std::size_t word) {
  while (word-- > 0) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return 0;
    line.remove_prefix(blank + 1);
  }
  const long size = number_in(line);
  return size < 0 ? 0 : static_cast<std::size_t>(size) + 2;
}

bool stores(std::string_view line) {
  for (const std::string_view verb : {"set ", "add ", "replace ", "append ", "prepend ", "cas "}) {
    if (line.starts_with(verb)) return true;
  }
  return false;
}

}  // namespace

std::size_t redis_message_size(std::string_view bytes) {
  std::size_t at = 0;
  for (long owed = 1; owed > 0; --owed) {
    const std::size_t line = line_size(bytes.substr(at));
    if (line == 0) return 0;
    const char type = bytes[at];
    const long number = number_in(bytes.substr(at + 1, line));
    at += line;
    if (type == '*' && number > 0) owed += number;
    if (type == '$' && number >= 0) at += static_cast<std::size_t>(number) + 2;
    if (at > bytes.size()) return 0;
  }
  return at;
}

std::size_t memcache_request_size(std::string_view bytes) {
  const std::size_t line = line_size(bytes);
  if (line == 0) return 0;
  std::size_t size = line;
  if (stores(bytes.substr(0, line))) size += block_size(bytes.substr(0, line), 4);
  if (bytes.starts_with("ms ")) size += block_size(bytes.substr(0, line), 2);
  return size <= bytes.size() ? size : 0;
}

std::size_t memcache_reply_size(std::string_view bytes) {
  std::size_t at = 0;
  for (;;) {
    const std::string_view rest = bytes.substr(at);
    const std::size_t line = line_size(rest);
    if (line == 0) return 0;
    at += line;
    const bool value = rest.starts_with("VALUE ");
    if (value) at += block_size(rest.substr(0, line), 3);
    if (rest.starts_with("VA ")) at += block_size(rest.substr(0, line), 1);
    if (at > bytes.size()) return 0;
    if (!value && !rest.starts_with("STAT ")) return at;
  }
}

}  // namespace dovetail::sim
