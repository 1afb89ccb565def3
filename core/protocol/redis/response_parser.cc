#include "protocol/redis/response_parser.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "protocol/redis/shapes.h"

namespace dovetail::redis {
namespace {

constexpr std::uint64_t element_bytes_min = 3;  // "+\r\n"

// A message may be a line longer than the largest argument. Extents are 32 bits wide.
std::uint64_t whole_bytes_max(const message_limits& limits) {
  return std::min<std::uint64_t>(limits.message_bytes_max + limits.line_bytes_max,
                                 std::numeric_limits<std::uint32_t>::max());
}

}  // namespace

response_parser::response_parser(const message_limits& limits)
    : limits_(limits), whole_bytes_max_(whole_bytes_max(limits)) {
  left_.reserve(limits.nesting_max);
}

parse_status response_parser::parse(inbox& from, response& found) {
  const parse_status status = read(from.unread());
  if (status == parse_status::malformed) expecting_ = expecting::nothing;
  if (status == parse_status::incomplete && expecting_ == expecting::payload) from.expect(end_);
  if (status != parse_status::complete) return status;

  found = {.size = at_,
           .shape = shape_,
           .count = count_,
           .elements = elements_,
           .relayed = {0, static_cast<std::uint32_t>(at_)},
           .echoes = {}};
  at_ = scanned_ = 0;
  shape_ = elements_ = 0;
  whole_ = false;
  return status;
}

parse_status response_parser::read(std::string_view bytes) {
  while (!whole_) {
    parse_status status = parse_status::malformed;
    if (expecting_ == expecting::line) status = read_line(bytes);
    if (expecting_ == expecting::payload) status = read_payload(bytes);
    if (status != parse_status::complete) return status;
  }
  return parse_status::complete;
}

// Texts may be as long as a message: a script may answer with any. A number's line may not.
parse_status response_parser::read_line(std::string_view bytes) {
  if (scanned_ == bytes.size()) return parse_status::incomplete;
  const bool text = bytes[at_] == '+' || bytes[at_] == '-';
  const std::size_t most = text ? whole_bytes_max_ : at_ + limits_.line_bytes_max;
  const std::size_t to = std::min(bytes.size(), most);
  const void* const newline =
      scanned_ < to ? std::memchr(bytes.data() + scanned_, '\n', to - scanned_) : nullptr;
  if (newline == nullptr) {
    scanned_ = to;
    return bytes.size() < most ? parse_status::incomplete : parse_status::malformed;
  }
  const auto end = static_cast<std::size_t>(static_cast<const char*>(newline) - bytes.data());
  if (end < at_ + 2 || bytes[end - 1] != '\r') return parse_status::malformed;
  const std::string_view line = bytes.substr(at_, end - 1 - at_);
  at_ = scanned_ = end + 1;
  return at_ <= whole_bytes_max_ ? take_line(line) : parse_status::malformed;
}

parse_status response_parser::take_line(std::string_view line) {
  const std::string_view rest = line.substr(1);
  switch (line.front()) {
    case '+':
      return take_text(rest, shape::status);
    case '-':
      return take_text(rest, shape::error);
    case ':':
      return take_integer(rest);
    case '$':
      return take_bulk_header(rest);
    case '*':
      return take_array_header(rest);
    default:
      return parse_status::malformed;
  }
}

// A CR within the text could end the reply early for a client that looks for CR alone.
parse_status response_parser::take_text(std::string_view text, std::uint32_t shape) {
  if (text.find('\r') != std::string_view::npos) return parse_status::malformed;
  element_begins(shape, 0);
  element_ended();
  return parse_status::complete;
}

parse_status response_parser::take_integer(std::string_view number) {
  if (!parse_signed_strict(number)) return parse_status::malformed;
  element_begins(shape::integer, 0);
  element_ended();
  return parse_status::complete;
}

parse_status response_parser::take_bulk_header(std::string_view number) {
  const std::optional<std::int64_t> size = parse_signed_strict(number);
  if (!size || *size < -1) return parse_status::malformed;
  if (*size == -1) {
    element_begins(shape::null_bulk, 0);
    element_ended();
    return parse_status::complete;
  }
  if (static_cast<std::uint64_t>(*size) > limits_.message_bytes_max) return parse_status::malformed;
  element_begins(shape::bulk, 0);
  end_ = at_ + static_cast<std::size_t>(*size) + 2;
  if (end_ > whole_bytes_max_) return parse_status::malformed;
  expecting_ = expecting::payload;
  return parse_status::complete;
}

parse_status response_parser::take_array_header(std::string_view number) {
  const std::optional<std::int64_t> count = parse_signed_strict(number);
  if (!count || *count < -1) return parse_status::malformed;
  if (*count <= 0) {
    element_begins(*count < 0 ? shape::null_array : shape::array, 0);
    element_ended();
    return parse_status::complete;
  }
  const auto elements = static_cast<std::uint64_t>(*count);
  if (elements > whole_bytes_max_ / element_bytes_min) return parse_status::malformed;
  if (left_.size() == limits_.nesting_max) return parse_status::malformed;
  element_begins(shape::array, *count);
  left_.push_back(elements);
  return parse_status::complete;
}

parse_status response_parser::read_payload(std::string_view bytes) {
  if (bytes.size() < end_) return parse_status::incomplete;
  if (bytes[end_ - 2] != '\r' || bytes[end_ - 1] != '\n') return parse_status::malformed;
  at_ = scanned_ = end_;
  expecting_ = expecting::line;
  element_ended();
  return parse_status::complete;
}

void response_parser::element_begins(std::uint32_t shape, std::int64_t elements) {
  if (left_.size() == 1) elements_ |= shape;
  if (shape_ != 0) return;
  shape_ = shape;
  count_ = elements;
}

// The element's last byte may be that of the arrays around it.
void response_parser::element_ended() {
  while (!left_.empty() && --left_.back() == 0)
    left_.pop_back();
  whole_ = left_.empty();
}

}  // namespace dovetail::redis
