#include "protocol/redis/inline_request.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "message/request.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

// C's isspace without a locale.
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// What ends a word outside of quotes. Vertical tab and form feed do not, though they are skipped
// before one.
bool ends_word(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char escaped(char c) {
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

// Reads the words of one line.
class word_reader {
 public:
  explicit word_reader(std::string_view line) : left_(line) {}

  // False at the end of the line.
  bool at_word() {
    while (!left_.empty() && is_space(left_.front()))
      left_.remove_prefix(1);
    return !left_.empty();
  }

  // Appends the next word. False: unbalanced quotes.
  bool read(std::string& word) {
    while (!left_.empty() && !ends_word(left_.front())) {
      const char c = left_.front();
      left_.remove_prefix(1);
      if (c == '"') return read_double_quoted(word);
      if (c == '\'') return read_single_quoted(word);
      word += c;
    }
    return true;
  }

 private:
  bool read_double_quoted(std::string& word) {
    while (!left_.empty() && left_.front() != '"') {
      if (left_.front() == '\\' && left_.size() > 1) {
        read_escape(word);
      } else {
        word += left_.front();
        left_.remove_prefix(1);
      }
    }
    return close_quote();
  }

  bool read_single_quoted(std::string& word) {
    while (!left_.empty() && left_.front() != '\'') {
      if (left_.starts_with("\\'")) left_.remove_prefix(1);
      word += left_.front();
      left_.remove_prefix(1);
    }
    return close_quote();
  }

  void read_escape(std::string& word) {
    if (left_.size() >= 4 && left_[1] == 'x' && hex_value(left_[2]) >= 0 &&
        hex_value(left_[3]) >= 0) {
      word += static_cast<char>(hex_value(left_[2]) * 16 + hex_value(left_[3]));
      left_.remove_prefix(4);
    } else {
      word += escaped(left_[1]);
      left_.remove_prefix(2);
    }
  }

  // The closing quote ends the word: a space or the line's end must follow it.
  bool close_quote() {
    if (left_.empty()) return false;
    left_.remove_prefix(1);
    return left_.empty() || is_space(left_.front());
  }

  std::string_view left_;
};

}  // namespace

// The words are collected in `encoded`, the array is written behind them, and the words go.
bool encode_inline(std::string_view line, std::string& encoded, std::vector<extent>& arguments) {
  encoded.clear();
  arguments.clear();
  for (word_reader reader(line); reader.at_word();) {
    const std::size_t from = encoded.size();
    if (!reader.read(encoded)) return false;
    arguments.push_back(
        {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(encoded.size() - from)});
  }
  if (arguments.empty()) return true;

  const std::size_t words = encoded.size();
  append_array_header(encoded, arguments.size());
  for (extent& word : arguments) {
    append_number(encoded, '$', word.size);
    const std::size_t at = encoded.size() - words;
    encoded.append(encoded, word.offset, word.size).append("\r\n");
    word.offset = static_cast<std::uint32_t>(at);
  }
  encoded.erase(0, words);
  return true;
}

}  // namespace dovetail::redis
