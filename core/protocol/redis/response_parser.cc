#include "protocol/redis/response_parser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "protocol/redis/number.h"
#include "protocol/redis/shapes.h"

namespace dovetail::redis {
namespace {

constexpr std::uint64_t element_bytes_min = 3;  // "+\r\n"

}  // namespace

response_parser::response_parser(const message_limits& limits)
    : limits_(limits), whole_bytes_max_(limits.whole_bytes_max()) {}

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
    if (status == parse_status::malformed || at_ > whole_bytes_max_) return parse_status::malformed;
    if (status == parse_status::complete) continue;
    return bytes.size() < whole_bytes_max_ ? status : parse_status::malformed;
  }
  return parse_status::complete;
}

parse_status response_parser::read_line(std::string_view bytes) {
  if (at_ == bytes.size()) return parse_status::incomplete;
  switch (bytes[at_]) {
    case '+':
      return read_text(bytes, shape::status);
    case '-':
      return read_text(bytes, shape::error);
    case ':':
      return read_integer(bytes);
    case '$':
      return read_bulk_header(bytes);
    case '*':
      return read_array_header(bytes);
    default:
      return parse_status::malformed;
  }
}

// A script may answer with a text as long as a message. A CR within it could end the reply early
// for a client that looks for CR alone.
parse_status response_parser::read_text(std::string_view bytes, std::uint32_t shape) {
  const std::size_t from = std::max(scanned_, at_ + 1);
  const std::size_t end = std::min(bytes.find('\n', from), bytes.size());
  // One that was the last byte to come is looked at again.
  const std::size_t cr = std::min(bytes.substr(0, end).find('\r', from - 1), end);
  if (end - cr > 1) return parse_status::malformed;
  scanned_ = end;
  if (end == bytes.size()) return parse_status::incomplete;
  if (cr == end) return parse_status::malformed;
  at_ = scanned_ = end + 1;
  element_begins(shape, 0);
  element_ended();
  return parse_status::complete;
}

template <class Fits>
parse_status response_parser::read_number_line(std::string_view bytes,
                                               std::int64_t least,
                                               const Fits& fits,
                                               std::int64_t& value) {
  const number read = read_number(bytes, at_ + 1, least, fits);
  if (read.status != parse_status::complete) return read.status;
  if (read.end == bytes.size()) return parse_status::incomplete;
  if (bytes[read.end] != '\n') return parse_status::malformed;
  at_ = scanned_ = read.end + 1;
  value = read.value;
  return parse_status::complete;
}

parse_status response_parser::read_integer(std::string_view bytes) {
  std::int64_t value = 0;
  const auto any = [](std::uint64_t, std::size_t) { return true; };
  const parse_status status =
      read_number_line(bytes, std::numeric_limits<std::int64_t>::min(), any, value);
  if (status != parse_status::complete) return status;
  element_begins(shape::integer, 0);
  element_ended();
  return status;
}

parse_status response_parser::read_bulk_header(std::string_view bytes) {
  std::int64_t size = 0;
  const auto fits = [&](std::uint64_t bytes_of, std::size_t end) {
    return bytes_of <= limits_.message_bytes_max &&
           end + crlf_bytes + bytes_of + crlf_bytes <= whole_bytes_max_;
  };
  const parse_status status = read_number_line(bytes, -1, fits, size);
  if (status != parse_status::complete) return status;
  if (size < 0) {
    element_begins(shape::null_bulk, 0);
    element_ended();
    return status;
  }
  element_begins(shape::bulk, 0);
  end_ = at_ + static_cast<std::size_t>(size) + crlf_bytes;
  expecting_ = expecting::payload;
  return status;
}

parse_status response_parser::read_array_header(std::string_view bytes) {
  std::int64_t count = 0;
  const std::uint64_t most =
      left_.size() == limits_.nesting_max ? 0 : whole_bytes_max_ / element_bytes_min;
  const auto fits = [&](std::uint64_t elements, std::size_t) { return elements <= most; };
  const parse_status status = read_number_line(bytes, -1, fits, count);
  if (status != parse_status::complete) return status;
  if (count <= 0) {
    element_begins(count < 0 ? shape::null_array : shape::array, 0);
    element_ended();
    return status;
  }
  element_begins(shape::array, count);
  left_.push_back(static_cast<std::uint64_t>(count));
  return status;
}

parse_status response_parser::read_payload(std::string_view bytes) {
  if (bytes.size() >= end_ - 1 && bytes[end_ - 2] != '\r') return parse_status::malformed;
  if (bytes.size() < end_) return parse_status::incomplete;
  if (bytes[end_ - 1] != '\n') return parse_status::malformed;
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
