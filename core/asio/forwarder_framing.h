// Where messages end, and nothing else: all that forwarder_bench knows of the two protocols.
//
// Both are lines that announce bodies and further lines:
//
//     *2\r\n  two more lines     $3\r\n  a body of 3 + 2 bytes     VALUE k 0 3\r\n  both

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace dovetail {

// What follows a line, before the next one and in all.
struct announced {
  std::size_t body_bytes = 0;
  std::size_t lines = 0;
};

// The number that `text` begins with; 0 when it does not.
constexpr std::size_t leading_number(std::string_view text) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    number = number * 10 + static_cast<std::size_t>(text[at] - '0');
  return number;
}

// The word of that place, counted from 0, and what is behind it.
constexpr std::string_view from_word(std::string_view line, int place) {
  for (; place > 0; --place) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return {};
    line.remove_prefix(space + 1);
  }
  return line;
}

struct redis_framing {
  static constexpr announced request(std::string_view line) { return reply(line); }

  static constexpr announced reply(std::string_view line) {
    if (line.starts_with("$") && !line.starts_with("$-")) {
      return {.body_bytes = leading_number(line.substr(1)) + 2};
    }
    if (line.starts_with("*")) return {.lines = leading_number(line.substr(1))};
    return {};
  }
};

struct memcache_framing {
  static constexpr announced request(std::string_view line) {
    if (!line.starts_with("set ")) return {};
    return {.body_bytes = leading_number(from_word(line, 4)) + 2};
  }

  static constexpr announced reply(std::string_view line) {
    if (!line.starts_with("VALUE ")) return {};
    return {.body_bytes = leading_number(from_word(line, 3)) + 2, .lines = 1};
  }
};

// Follows one stream, however it is cut. Takes what it is given for well-formed.
template <announced (*Read)(std::string_view line)>
class framer {
 public:
  // Goes on to the end of a message at most; returns how many bytes that took. Not of no bytes.
  std::size_t take(std::string_view bytes) {
    std::size_t at = 0;
    if (complete()) lines_ = 1;
    while (true) {
      const std::size_t body = std::min(body_, bytes.size() - at);
      at += body;
      body_ -= body;
      if (at == bytes.size() || complete()) return at;
      const std::size_t feed = bytes.find('\n', at);
      if (feed == std::string_view::npos) {
        cut_line_ += bytes.substr(at);
        return bytes.size();
      }
      read(bytes.substr(at, feed - at));
      at = feed + 1;
    }
  }

  // Between two messages.
  bool complete() const { return lines_ == 0 && body_ == 0; }

 private:
  void read(std::string_view line) {
    announced more;
    if (cut_line_.empty()) {
      more = Read(line);
    } else {
      more = Read(cut_line_ += line);
      cut_line_.clear();
    }
    body_ = more.body_bytes;
    lines_ += more.lines;
    --lines_;
  }

  std::size_t lines_ = 0;  // to come
  std::size_t body_ = 0;   // its bytes to come
  std::string cut_line_;   // the line so far
};

}  // namespace dovetail
