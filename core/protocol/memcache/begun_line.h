// The front of a line of a server whose end has not come: can it still become a line that is
// allowed here?

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/memcache/reply_words.h"

namespace dovetail::memcache {

// Each byte is shown once. Agrees with response_parser::read_line: what cannot become a line is
// none there, either, whatever follows.
class begun_line {
 public:
  // What the line may be.
  struct allowed {
    bool first = true;                // any line may begin a response
    std::uint32_t shape = 0;          // otherwise only more of this, or an end
    std::uint64_t block_end_max = 0;  // where a block may end, from the response's first byte on
    std::uint64_t stats_end_max = 0;  // … and a line of statistics
  };

  void begin(const allowed& what);

  // False once the line is none. `bytes` go on where the last ones ended; `at` is their place in
  // the response. None is an LF.
  bool take(std::string_view bytes, std::uint64_t at);

 private:
  enum class part : std::uint8_t {
    word,
    number,  // alone
    key,
    flags,
    size,
    unique,
    name,  // of a statistic: not empty
    statistic,
    text,
    end,  // a CR came
  };

  bool take(char c, std::uint64_t at);
  bool take_word(char c);
  bool leave_word(char c);
  bool take_key(char c);
  bool take_digit(char c, std::uint64_t most);
  bool take_size(char c, std::uint64_t at);
  bool take_statistic(char c, std::uint64_t at);
  bool end_size(char c);
  bool is_allowed(const reply_word& word) const;
  bool fits(std::uint64_t line_size) const;
  bool go_on(part with);

  allowed allowed_;
  part part_ = part::word;
  bool of_meta_ = false;                // the size is that of VA
  std::optional<std::uint64_t> block_;  // bytes that the line announced
  std::array<char, 12> word_{};         // as far as it came
  std::size_t size_ = 0;                // bytes of what part_ says
  std::uint64_t number_ = 0;
};

}  // namespace dovetail::memcache
