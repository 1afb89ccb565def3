#include "protocol/memcache/request_line.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "base/text.h"
#include "message/request.h"
#include "protocol/memcache/base64.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/meta_flags.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {
namespace {

constexpr std::uint64_t most_32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_64 = std::numeric_limits<std::uint64_t>::max();

// These two judge all their flags at once (proto_text.c, process_mdelete_command) and have one text
// for nearly all that may be wrong.
bool judges_flags_at_once(std::string_view name) {
  return name == "md" || name == "ma";
}

bool is_optional(field what) {
  return what == field::delay || what == field::topic;
}

// What is told in STAT lines, and changes nothing.
bool is_topic(std::string_view word) {
  constexpr std::array topics = {"items", "slabs", "sizes", "settings", "conns"};
  return std::ranges::find(topics, word) != topics.end();
}

}  // namespace

void request_line::read(std::string_view text, bool ended_by_crlf) {
  text_ = text;
  canonical_ = ended_by_crlf;
  reply_wanted_ = true;
  block_.reset();
  meant_.clear();
  find_words();
  command_ = words_.empty() ? 0 : find_command(word(0));
  hostile_ = command_ == 0 && !words_.empty() && word(words_.size() - 1).starts_with("HTTP/");
  find_block();
  find_noreply();
  refusal_ = judge();
  if (refusal_.empty()) {
    leave_out_ignored();
  } else {
    meant_.clear();
  }
  text_ = {};
}

// As memcached's tokenize_command: words are parted by spaces and by nothing else.
void request_line::find_words() {
  words_.clear();
  plain_ = true;
  const std::size_t size = text_.size();
  std::size_t expected = 0;  // where the next word starts in a canonical line
  std::size_t at = 0;
  while (at < size && words_.size() <= limits_.arguments_max) {
    if (text_[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t first = at;
    for (at = find_control(text_, at); at < size && text_[at] != ' ';
         at = find_control(text_, at + 1))
      plain_ = false;
    words_.push_back({.offset = static_cast<std::uint32_t>(first),
                      .size = static_cast<std::uint32_t>(at - first)});
    canonical_ &= first == expected;
    expected = at + 1;
  }
  canonical_ &= expected == size + 1;
}

void request_line::find_block() {
  const std::size_t at = row().fields.word_of(field::bytes);
  if (at != 0 && at < words_.size()) block_ = parse_unsigned(word(at), block_bytes_max);
}

// As memcached's set_noreply_maybe, which each command calls once the number of words is right. A
// key of this name is a key; a number of this name is a bad number that is not complained of.
void request_line::find_noreply() {
  const std::size_t count = words_.size();
  if (!row().noreply || count < row().words_min || count > row().words_max) return;
  const std::size_t first = row().fields[0] == field::key ? 2 : 1;
  if (count > first && word(count - 1) == "noreply") reply_wanted_ = false;
}

std::string_view request_line::judge() {
  const std::size_t count = words_.size();
  if (command_ == 0) return text::unknown_command;
  if (count < row().words_min) return text::unknown_command;
  if (count > row().words_max && row().words_max != command::any) return text::unknown_command;
  if (row().how == handling::unsupported) return row().refusal;
  if (const auto refusal = judge_length(); !refusal.empty()) return refusal;
  if (const auto refusal = judge_fields(); !refusal.empty()) return refusal;
  if (row().meta) {
    if (const auto refusal = judge_flags(); !refusal.empty()) return refusal;
  }
  if (block_.value_or(0) > limits_.message_bytes_max) return text::too_large;
  return {};
}

std::string_view request_line::judge_length() const {
  if (words_.size() > limits_.arguments_max) return text::line_too_long;
  const bool bounded = row().how == handling::forward && row().fields[0] != field::keys;
  if (bounded && text_.size() + 2 > server_line_bytes_max) return text::line_too_long;
  return {};
}

std::string_view request_line::judge_fields() {
  const std::size_t count = row().fields.size();
  for (std::size_t at = 1; at <= count; ++at) {
    if (at >= words_.size() && !is_optional(row().fields[at - 1])) return text::bad_format;
    const auto refusal = judge_field(row().fields[at - 1], at);
    if (!refusal.empty()) return refusal;
  }
  if (row().zero_follows) return judge_zero();
  if (row().debugs_key && has_base64_key()) return judge_base64(text::bad_format);
  return {};
}

std::string_view request_line::judge_field(field what, std::size_t at) {
  if (is_left_out(what)) return {};
  const std::string_view found = word(at);
  switch (what) {
    case field::key:
      return is_key(found, limits_.key_bytes_max) ? std::string_view() : text::bad_format;
    case field::keys:
      return judge_keys(at);
    case field::flags:
    case field::level:
      return judge_number(is_unsigned(found, most_32), at, text::bad_format);
    case field::exptime:
      return judge_number(is_signed_32(found), at,
                          row().has_block() ? text::bad_format : text::bad_exptime);
    case field::bytes:
      return judge_number(block_.has_value(), at, text::bad_format);
    case field::unique:
      return judge_number(is_unsigned(found, most_64), at, text::bad_format);
    case field::delta:
      return judge_number(is_unsigned(found, most_64), at, text::bad_delta);
    case field::delay:
      return judge_number(is_signed_32(found), at, text::bad_exptime);
    case field::topic:
      return words_.size() == 2 && is_topic(found) ? std::string_view() : text::no_topic;
    case field::none:
      break;
  }
  return {};
}

// A field that need not be there is the first, and behind it comes nothing but noreply.
bool request_line::is_left_out(field what) const {
  return is_optional(what) && words_.size() == (reply_wanted_ ? 1U : 2U);
}

std::string_view request_line::judge_number(bool good, std::size_t at, std::string_view refusal) {
  if (!good) return refusal;
  canonical_ &= is_shortest(word(at));
  return {};
}

std::string_view request_line::judge_keys(std::size_t from) const {
  for (std::size_t at = from; at < words_.size(); ++at) {
    if (words_[at].size > limits_.key_bytes_max) return text::bad_format;
    if (!plain_ && has_control(word(at))) return text::bad_format;
  }
  return {};
}

// proto_text.c, process_delete_command: a time of 0 was once allowed and still is.
std::string_view request_line::judge_zero() const {
  const std::size_t extra = words_.size() - 2;
  if (extra == 0) return {};
  const bool zero = word(2) == "0";
  const bool good = extra == 1 ? zero || !reply_wanted_ : zero && !reply_wanted_;
  return good ? std::string_view() : text::bad_delete;
}

std::string_view request_line::judge_flags() {
  if (words_.size() > meta_words_max) return text::many_flags;
  std::uint64_t seen = 0;  // by letter: refusal_of_flag lets nothing else pass
  for (std::size_t at = 1 + row().fields.size(); at < words_.size(); ++at) {
    const std::string_view flag = word(at);
    std::string_view refusal = refusal_of_flag(flag);
    const std::uint64_t bit = std::uint64_t{1} << (static_cast<unsigned char>(flag[0]) % 64);
    if (refusal.empty() && (seen & bit) != 0) refusal = text::duplicate_flag;
    if (!refusal.empty()) {
      const bool own_text = refusal == text::long_opaque;
      return judges_flags_at_once(row().name) && !own_text ? text::bad_or_duplicate : refusal;
    }
    seen |= bit;
    if (flag[0] == 'q') canonical_ = false;
  }
  const bool at_once = judges_flags_at_once(row().name);
  return has_base64_key() ? judge_base64(at_once ? text::bad_or_duplicate : text::bad_base64)
                          : std::string_view();
}

// Flag b: the key is base64 of the key that is meant. `me` takes it in one place only.
bool request_line::has_base64_key() const {
  const std::size_t first = 1 + row().fields.size();
  const std::size_t last = row().meta ? words_.size() : std::min(first + 1, words_.size());
  for (std::size_t at = first; at < last; ++at) {
    if (word(at) == "b") return true;
  }
  return false;
}

// memcached lets bits pass that decode to nothing, and so several spellings of a key.
std::string_view request_line::judge_base64(std::string_view refusal) {
  return decode_base64(word(1), meant_) ? std::string_view() : refusal;
}

// What the server need not know, and `noreply`, which it must not know.
void request_line::leave_out_ignored() {
  if (row().meta || row().has_many_keys()) return;
  std::size_t kept = is_left_out(row().fields[0]) ? 1 : 1 + row().fields.size();
  if (!meant_.empty()) ++kept;
  if (words_.size() > kept) {
    words_.resize(kept);
    canonical_ = false;
  }
}

std::span<const extent> request_line::keys() const {
  if (!refusal_.empty()) return {};
  const std::span all(words_);
  if (const std::size_t first = row().fields.word_of(field::keys); first != 0)
    return all.subspan(first);
  if (const std::size_t at = row().fields.word_of(field::key); at != 0) return all.subspan(at, 1);
  return {};
}

}  // namespace dovetail::memcache
