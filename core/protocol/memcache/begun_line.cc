#include "protocol/memcache/begun_line.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/reply_words.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {
namespace {

constexpr std::uint64_t most_32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t crlf_bytes = 2;

}  // namespace

void begun_line::begin(const allowed& what) {
  allowed_ = what;
  of_meta_ = false;
  block_.reset();
  go_on(part::word);
}

bool begun_line::take(std::string_view bytes, std::uint64_t at) {
  return std::ranges::all_of(bytes, [&](char c) { return take(c, at++); });
}

bool begun_line::go_on(part with) {
  part_ = with;
  size_ = 0;
  number_ = 0;
  return true;
}

bool begun_line::take(char c, std::uint64_t at) {
  switch (part_) {
    case part::word:
      return take_word(c);
    case part::number:
      return c == '\r' ? go_on(part::end) : take_digit(c, most_64);
    case part::key:
      return take_key(c);
    case part::flags:
      return c == ' ' && size_ > 0 ? go_on(part::size) : take_digit(c, most_32);
    case part::size:
      return take_size(c, at);
    case part::unique:
      return c == '\r' && size_ > 0 ? go_on(part::end) : take_digit(c, most_64) && fits(at + 1);
    case part::name:
    case part::statistic:
      return take_statistic(c, at);
    case part::text:
      return c == '\r' ? go_on(part::end) : fits(at + 1);
    case part::end:
      break;
  }
  return false;
}

bool begun_line::is_allowed(const reply_word& word) const {
  if (allowed_.first || word.shape == shape::end || word.shape == shape::error) return true;
  return (word.shape == shape::stats) == (allowed_.shape == shape::stats) &&
         (word.shape == shape::stats || word.shape == shape::values);
}

bool begun_line::take_word(char c) {
  if (c == ' ' || c == '\r') return leave_word(c);
  if (size_ == 0 && allowed_.first && is_digit(c)) {
    go_on(part::number);
    return take_digit(c, most_64);
  }
  if (size_ == word_.size()) return false;
  word_[size_++] = c;
  const std::string_view begun(word_.data(), size_);
  return std::ranges::any_of(reply_words, [&](const reply_word& each) {
    return each.text.starts_with(begun) && is_allowed(each);
  });
}

bool begun_line::leave_word(char c) {
  const std::string_view whole(word_.data(), size_);
  const reply_word* const found = find_reply_word(whole);
  if (found == nullptr || !is_allowed(*found)) return false;
  const bool space = c == ' ';
  switch (found->then) {
    case behind::nothing:
      return !space && go_on(part::end);
    case behind::any_text:
    case behind::flags:
      return go_on(space ? part::text : part::end);
    case behind::some_text:
      return space && go_on(part::text);
    case behind::size:
      of_meta_ = true;
      return space && go_on(part::size);
    case behind::value:
      return space && go_on(part::key);
    case behind::statistic:
      return space && go_on(part::name);
  }
  return false;
}

bool begun_line::take_key(char c) {
  if (c == ' ') return size_ > 0 && go_on(part::flags);
  return !is_control(c) && ++size_ <= key_bytes_max;
}

bool begun_line::take_digit(char c, std::uint64_t most) {
  if (!is_digit(c)) return false;
  const auto digit = static_cast<std::uint64_t>(c - '0');
  if (digit > most || number_ > (most - digit) / 10) return false;
  number_ = number_ * 10 + digit;
  ++size_;
  return true;
}

bool begun_line::take_size(char c, std::uint64_t at) {
  if (size_ > 0 && c == '\r') return end_size(c);
  if (size_ > 0 && c == ' ') return fits(at + 1) && end_size(c);
  if (!take_digit(c, block_bytes_max)) return false;
  block_ = number_;
  return fits(at + 1);
}

// Of values either all have a unique number or none.
bool begun_line::end_size(char c) {
  const bool ends = c == '\r';
  if (of_meta_) return go_on(ends ? part::end : part::text);
  const std::uint32_t other = ends ? shape::values_unique : shape::values;
  return (allowed_.first || allowed_.shape != other) && go_on(ends ? part::end : part::unique);
}

// Whether the block that was announced may stand behind so many bytes and a line's end.
bool begun_line::fits(std::uint64_t line_size) const {
  return !block_ || line_size + crlf_bytes + *block_ + crlf_bytes <= allowed_.block_end_max;
}

bool begun_line::take_statistic(char c, std::uint64_t at) {
  if (at >= allowed_.stats_end_max) return false;
  if (c == '\r') return part_ == part::statistic && go_on(part::end);
  if (c == ' ') return part_ == part::statistic;
  part_ = part::statistic;
  return !is_control(c);
}

}  // namespace dovetail::memcache
