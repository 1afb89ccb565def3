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

// The number that stands there; 0 when there is none.
constexpr std::size_t number_at(std::string_view line, std::size_t at) {
  std::size_t number = 0;
  for (; at < line.size() && line[at] >= '0' && line[at] <= '9'; ++at)
    number = number * 10 + static_cast<std::size_t>(line[at] - '0');
  return number;
}

// Where the word of that place begins, counted from 0.
constexpr std::size_t word_at(std::string_view line, int place) {
  std::size_t at = 0;
  for (; place > 0 && at < line.size(); ++at)
    place -= line[at] == ' ' ? 1 : 0;
  return at;
}

struct redis_framing {
  static constexpr announced request(std::string_view line) { return reply(line); }

  static constexpr announced reply(std::string_view line) {
    if (line.size() < 2) return {};
    if (line[0] == '$' && line[1] != '-') return {.body_bytes = number_at(line, 1) + 2};
    if (line[0] == '*') return {.lines = number_at(line, 1)};
    return {};
  }
};

struct memcache_framing {
  static constexpr announced request(std::string_view line) {
    if (!line.starts_with("set ")) return {};
    return {.body_bytes = number_at(line, word_at(line, 4)) + 2};
  }

  static constexpr announced reply(std::string_view line) {
    if (!line.starts_with("VALUE ")) return {};
    return {.body_bytes = number_at(line, word_at(line, 3)) + 2, .lines = 1};
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
        cut_line_.append(bytes.data() + at, bytes.size() - at);
        return bytes.size();
      }
      read({bytes.data() + at, feed - at});
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
