#include "sim/model/memcache_reply_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "sim/model/reply_frame.h"

namespace dovetail::sim {
namespace {

using enum reply_frame::outcome;

constexpr std::uint64_t block_bytes_max = 1U << 30;  // largest item size that -I takes
constexpr std::size_t key_bytes_max = 250;
constexpr std::uint64_t any_number = std::numeric_limits<std::uint64_t>::max();

struct row {
  std::string_view word;
  memcache_kind kind;
  bool bare;  // nothing may follow the word
};

constexpr auto rows = std::to_array<row>({
    {"VALUE", memcache_kind::values, false},
    {"END", memcache_kind::end, true},
    {"STORED", memcache_kind::stored, true},
    {"HD", memcache_kind::hd, false},
    {"VA", memcache_kind::va, false},
    {"EN", memcache_kind::en, false},
    {"DELETED", memcache_kind::deleted, true},
    {"NOT_FOUND", memcache_kind::not_found, true},
    {"NOT_STORED", memcache_kind::not_stored, true},
    {"EXISTS", memcache_kind::exists, true},
    {"TOUCHED", memcache_kind::touched, true},
    {"OK", memcache_kind::ok, true},
    {"NS", memcache_kind::ns, false},
    {"EX", memcache_kind::ex, false},
    {"NF", memcache_kind::nf, false},
    {"MN", memcache_kind::mn, true},
    {"ME", memcache_kind::me, false},
    {"STAT", memcache_kind::stats, false},
    {"RESET", memcache_kind::reset, true},
    {"VERSION", memcache_kind::version, false},
    {"ERROR", memcache_kind::error, false},
    {"CLIENT_ERROR", memcache_kind::client_error, false},
    {"SERVER_ERROR", memcache_kind::server_error, false},
});

// Up to the next space, which is taken with it.
std::string_view take_word(std::string_view& rest) {
  const std::size_t size = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(std::min(size + 1, rest.size()));
  return word;
}

bool is_number(std::string_view text) {
  return parse_unsigned(text, any_number).has_value();
}

// What the line of one reply begins with.
std::optional<memcache_kind> kind_of(std::string_view line) {
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  for (const row& each : rows) {
    if (each.word != word) continue;
    if (each.bare && word.size() != line.size()) return std::nullopt;
    if (each.kind == memcache_kind::stats && take_word(rest).empty()) return std::nullopt;
    return each.kind;
  }
  if (is_number(line)) return memcache_kind::number;
  return std::nullopt;
}

// "VALUE <key> <flags> <bytes> [<cas unique>]"
struct value_line {
  memcache_value value;
  std::uint64_t size = 0;
};

std::optional<value_line> read_value_line(std::string_view line) {
  take_word(line);
  value_line read;
  read.value.key = take_word(line);
  const auto flags = parse_unsigned(take_word(line), std::numeric_limits<std::uint32_t>::max());
  const auto size = parse_unsigned(take_word(line), block_bytes_max);
  const bool has_cas = !line.empty();
  if (has_cas) read.value.cas = parse_unsigned(take_word(line), any_number);
  const bool key_is_good = !read.value.key.empty() && read.value.key.size() <= key_bytes_max;
  if (!key_is_good || !flags || !size || !line.empty()) return std::nullopt;
  if (has_cas && !read.value.cas) return std::nullopt;
  read.value.flags = static_cast<std::uint32_t>(*flags);
  read.size = *size;
  return read;
}

// "VA <size> <flags>*"
std::optional<std::uint64_t> size_of_va(std::string_view line) {
  take_word(line);
  return parse_unsigned(take_word(line), block_bytes_max);
}

std::string_view take_line(std::string_view& rest) {
  std::size_t searched = 0;
  const reply_line line = find_reply_line(rest, searched);
  DOVETAIL_CHECK(line.is == complete);
  rest.remove_prefix(line.text.size() + 2);
  return line.text;
}

std::string_view take_block(std::string_view& rest, std::uint64_t size) {
  DOVETAIL_CHECK(rest.size() >= size + 2);
  const std::string_view block = rest.substr(0, size);
  rest.remove_prefix(size + 2);
  return block;
}

}  // namespace

reply_frame memcache_reply_reader::read(std::string_view unread) {
  while (true) {
    const std::string_view from = unread.substr(at_);
    const reply_frame step = expecting_ == expecting::block ? read_block(from) : read_line(from);
    if (step.is == incomplete) return {incomplete, at_ + step.size};
    if (step.is == malformed) return stop({malformed, 0});
    at_ += step.size;
    searched_ = 0;
    if (expecting_ == expecting::nothing) return stop({complete, at_});
  }
}

reply_frame memcache_reply_reader::read_block(std::string_view from) {
  const std::string_view end = from.substr(std::min(block_, from.size()), 2);
  if (!std::string_view("\r\n").starts_with(end)) return {malformed, 0};
  if (from.size() < block_ + 2) return {incomplete, block_ + 2};
  expecting_ = kind_ == memcache_kind::va ? expecting::nothing : expecting::line;
  return {complete, block_ + 2};
}

reply_frame memcache_reply_reader::read_line(std::string_view from) {
  const reply_line line = find_reply_line(from, searched_);
  if (line.is == incomplete) return {incomplete, searched_ + 2};
  if (line.is == malformed) return {malformed, 0};
  const bool good = expecting_ == expecting::first_line ? begin(line.text) : go_on(line.text);
  return {good ? complete : malformed, line.text.size() + 2};
}

// A line's sense: false when it has none here. What is expected next is set.
bool memcache_reply_reader::begin(std::string_view line) {
  const auto kind = kind_of(line);
  if (!kind) return false;
  kind_ = *kind;
  broken_off_ = false;
  has_cas_.reset();
  if (kind_ == memcache_kind::va) return expect_block(size_of_va(line));
  if (kind_ == memcache_kind::values || kind_ == memcache_kind::stats) return go_on(line);
  expecting_ = expecting::nothing;
  return true;
}

bool memcache_reply_reader::go_on(std::string_view line) {
  const auto kind = kind_of(line);
  broken_off_ = kind && is_error(*kind);
  if (broken_off_ || kind == memcache_kind::end) {
    expecting_ = expecting::nothing;
    return true;
  }
  if (kind != kind_) return false;
  expecting_ = expecting::line;
  if (kind_ == memcache_kind::stats) return true;
  const auto read = read_value_line(line);
  if (!read) return false;
  // One command was asked: get, or gets.
  const bool has_cas = read->value.cas.has_value();
  if (has_cas_.value_or(has_cas) != has_cas) return false;
  has_cas_ = has_cas;
  return expect_block(read->size);
}

bool memcache_reply_reader::expect_block(std::optional<std::uint64_t> size) {
  if (!size) return false;
  block_ = *size;
  expecting_ = expecting::block;
  return true;
}

// The kind stays to be asked for.
reply_frame memcache_reply_reader::stop(reply_frame how) {
  expecting_ = expecting::first_line;
  at_ = searched_ = block_ = 0;
  return how;
}

std::optional<memcache_value> take_memcache_value(std::string_view& rest) {
  const std::string_view line = take_line(rest);
  if (kind_of(line) != memcache_kind::values) return std::nullopt;
  auto read = read_value_line(line);
  DOVETAIL_CHECK(read.has_value());
  read->value.data = take_block(rest, read->size);
  return read->value;
}

memcache_meta memcache_meta_of(std::string_view reply) {
  std::string_view line = take_line(reply);
  memcache_meta parts;
  if (take_word(line) == "VA") {
    const auto size = parse_unsigned(take_word(line), block_bytes_max);
    DOVETAIL_CHECK(size.has_value());
    parts.data = take_block(reply, *size);
  }
  parts.flags = line;
  return parts;
}

}  // namespace dovetail::sim
