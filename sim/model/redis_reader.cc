#include "sim/model/redis_reader.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "buffer/inbox.h"

namespace dovetail::sim {
namespace {

constexpr std::size_t line_bytes_max = std::size_t{64} * 1024;            // PROTO_INLINE_MAX_SIZE
constexpr std::int64_t word_bytes_max = std::int64_t{512} * 1024 * 1024;  // proto-max-bulk-len

// sdssplitargs: what may stand between words.
bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

// … and what ends a word without quotes. Vertical tab and form feed do not.
bool ends_word(char c) {
  return is_blank(c) && c != '\v' && c != '\f';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// What a backslash and `c` mean between double quotes.
char unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// Takes one character or escape from between double quotes.
char take_escaped(std::string_view& rest) {
  char c = rest.front();
  std::size_t size = 1;
  if (c == '\\' && rest.size() >= 4 && rest[1] == 'x' && hex_digit(rest[2]) >= 0 &&
      hex_digit(rest[3]) >= 0) {
    c = static_cast<char>(hex_digit(rest[2]) * 16 + hex_digit(rest[3]));
    size = 4;
  } else if (c == '\\' && rest.size() >= 2) {
    c = unescape(rest[1]);
    size = 2;
  }
  rest.remove_prefix(size);
  return c;
}

// Takes the rest of a quoted part, its closing quote included; false when that is missing or is
// followed by more than a blank.
bool take_quoted(char quote, std::string_view& rest, std::string& word) {
  while (!rest.empty() && rest.front() != quote) {
    if (quote == '"') {
      word += take_escaped(rest);
    } else {
      if (rest.starts_with("\\'")) rest.remove_prefix(1);
      word += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  return rest.empty() || is_blank(rest.front());
}

bool take_word(std::string_view& rest, std::string& word) {
  while (!rest.empty() && !ends_word(rest.front())) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"' || c == '\'') return take_quoted(c, rest, word);
    word += c;
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> split_inline(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    while (!line.empty() && is_blank(line.front()))
      line.remove_prefix(1);
    if (line.empty()) return words;
    if (!take_word(line, words.emplace_back())) return std::nullopt;
  }
}

redis_reader::outcome redis_reader::fail(std::string_view why) {
  error_ = why;
  return outcome::malformed;
}

redis_reader::outcome redis_reader::read(inbox& in) {
  if (words_missing_ == 0) words_.clear();
  while (words_missing_ == 0) {
    if (in.empty()) return outcome::incomplete;
    const bool is_array = in.unread().front() == '*';
    const outcome header = is_array ? read_count(in) : read_inline(in);
    if (header != outcome::complete) return header;
    if (!words_.empty()) return outcome::complete;
  }
  while (words_missing_ > 0) {
    const outcome word = read_word(in);
    if (word != outcome::complete) return word;
    --words_missing_;
  }
  return outcome::complete;
}

redis_reader::outcome redis_reader::read_inline(inbox& in) {
  const std::size_t size = in.unread().find('\n');
  if (size == std::string_view::npos) {
    if (in.size() > line_bytes_max) return fail("Protocol error: too big inline request");
    return outcome::incomplete;
  }
  std::string_view line = in.unread().substr(0, size);
  if (line.ends_with('\r')) line.remove_suffix(1);
  auto words = split_inline(line);
  if (!words) return fail("Protocol error: unbalanced quotes in request");
  words_ = std::move(*words);
  in.consume(size + 1);
  return outcome::complete;
}

// Reads a type byte, a number and CRLF.
redis_reader::outcome redis_reader::read_number(inbox& in,
                                                std::int64_t& number,
                                                std::string_view too_long,
                                                std::string_view wrong) {
  const std::string_view unread = in.unread();
  const std::size_t end = unread.find('\r');
  if (end == std::string_view::npos) {
    return unread.size() > line_bytes_max ? fail(too_long) : outcome::incomplete;
  }
  if (end + 1 == unread.size()) return outcome::incomplete;
  const auto read = parse_signed_strict(unread.substr(1, end - 1));
  if (!read) return fail(wrong);
  if (unread[end + 1] != '\n') return fail("Protocol error: expected LF after CR");
  number = *read;
  in.consume(end + 2);
  return outcome::complete;
}

redis_reader::outcome redis_reader::read_count(inbox& in) {
  constexpr std::string_view wrong = "Protocol error: invalid multibulk length";
  std::int64_t count = 0;
  const outcome read = read_number(in, count, "Protocol error: too big mbulk count string", wrong);
  if (read != outcome::complete) return read;
  if (count > std::numeric_limits<int>::max()) return fail(wrong);
  words_missing_ = count > 0 ? count : 0;
  return outcome::complete;
}

redis_reader::outcome redis_reader::read_size(inbox& in) {
  if (in.empty()) return outcome::incomplete;
  const char type = in.unread().front();
  if (type != '$') return fail(std::string("Protocol error: expected '$', got '") + type + "'");
  constexpr std::string_view wrong = "Protocol error: invalid bulk length";
  std::int64_t size = 0;
  const outcome read = read_number(in, size, "Protocol error: too big bulk count string", wrong);
  if (read != outcome::complete) return read;
  if (size < 0 || size > word_bytes_max) return fail(wrong);
  size_ = static_cast<std::size_t>(size);
  return outcome::complete;
}

redis_reader::outcome redis_reader::read_word(inbox& in) {
  if (!size_) {
    const outcome header = read_size(in);
    if (header != outcome::complete) return header;
  }
  const std::size_t needed = *size_ + 2;
  if (in.size() < needed) {
    in.expect(needed);
    return outcome::incomplete;
  }
  if (in.unread().substr(*size_, 2) != "\r\n") return fail("Protocol error: expected CRLF");
  words_.emplace_back(in.unread().substr(0, *size_));
  in.consume(needed);
  size_.reset();
  return outcome::complete;
}

}  // namespace dovetail::sim
