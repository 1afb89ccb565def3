// The rules of one direction of one protocol, as first_wrong.cc asks for them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/protocol.h"

namespace dovetail::proptests {

// How a whole line goes on.
enum class then : std::uint8_t { wrong, line, block, message };

struct step {
  then what = then::wrong;
  std::size_t block = 0;  // its bytes, without its end
};

class grammar {
 public:
  explicit grammar(const message_limits& limits) : limits_(limits) {}
  virtual ~grammar() = default;
  grammar(const grammar&) = delete;
  grammar& operator=(const grammar&) = delete;

  virtual void begin_message() = 0;

  // The size of the line that `bytes` begin with, or 0 where its end is not there.
  virtual std::size_t line_size(std::string_view bytes) const = 0;

  // A line, its end included: one that came, or one that could. `before` bytes of the message are
  // in front of it.
  virtual step judge(std::string_view line, std::size_t before) const = 0;
  virtual bool could_come(std::string_view line) const {
    return judge(line, 0).what != then::wrong;
  }
  virtual void accept(std::string_view line) = 0;

  // All of a block, its end included.
  virtual step end_block(std::string_view block) = 0;

  // Ends of lines: where one of them makes a line of what has begun, that may go on.
  virtual const std::vector<std::string>& ends() const = 0;

  // Some of a line that has not ended.
  virtual bool is_too_much(std::string_view begun, std::size_t before) const = 0;

  // Whether the two bytes behind a block are CRLF.
  virtual bool strict_block_ends() const = 0;

 protected:
  message_limits limits_;
};

std::unique_ptr<grammar> grammar_of_redis_requests(const message_limits& limits);
std::unique_ptr<grammar> grammar_of_redis_replies(const message_limits& limits);
std::unique_ptr<grammar> grammar_of_memcache_requests(const message_limits& limits);
std::unique_ptr<grammar> grammar_of_memcache_replies(const message_limits& limits);

// --- what rules are made of

using wide = __int128;

inline constexpr wide least_64 = -(wide{1} << 63);
inline constexpr wide most_64 = (wide{1} << 63) - 1;
inline constexpr wide most_unsigned_64 = (wide{1} << 64) - 1;

// `text` as a number that is written as std::to_string would, in [least, most].
std::optional<std::int64_t> plain_number(std::string_view text, wide least, wide most);

// Digits, zeros in front or not.
std::optional<std::uint64_t> digits(std::string_view text, wide most);

// Whatever may stand behind what has begun as one of these lines.
std::vector<std::string> tails_of(const std::vector<std::string>& lines);

}  // namespace dovetail::proptests
