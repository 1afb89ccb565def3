#include "sim/model/redis_reply_reader.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "sim/model/reply_frame.h"

namespace dovetail::sim {
namespace {

using enum reply_frame::outcome;

// proto-max-bulk-len; a reply of more elements than this is nothing that memory could hold.
constexpr std::uint64_t bulk_bytes_max = 512U << 20;
constexpr std::uint64_t elements_max = (1U << 31) - 1;
constexpr std::uint64_t integer_max = (1ULL << 63) - 1;

// How far the item at the front of some bytes goes.
struct item_frame {
  reply_frame::outcome is = incomplete;
  std::size_t size = 0;  // as in reply_frame
  redis_item item = {};
};

// A number and its CRLF.
struct header {
  reply_frame::outcome is = incomplete;
  std::size_t size = 0;  // with the CRLF
  std::uint64_t magnitude = 0;
  bool negative = false;
};

header end_of_header(std::string_view from, header so_far) {
  const std::string_view end = from.substr(so_far.size, 2);
  const bool fits = std::string_view("\r\n").starts_with(end);
  so_far.is = !fits ? malformed : end.size() < 2 ? incomplete : complete;
  so_far.size += 2;
  return so_far;
}

// Digits behind the type byte, as redis writes numbers: at most a minus, no leading zeros.
header read_header(std::string_view from) {
  header read{.size = 1};
  read.negative = from.substr(1, 1) == "-";
  if (read.negative) ++read.size;
  const std::size_t first = read.size;
  while (read.size < from.size() && from[read.size] >= '0' && from[read.size] <= '9') {
    if (read.size - first == 19) return {.is = malformed};
    read.magnitude = read.magnitude * 10 + static_cast<std::uint64_t>(from[read.size++] - '0');
  }
  const std::size_t digits = read.size - first;
  const bool leads_with_zero = digits > 0 && from[first] == '0' && (digits > 1 || read.negative);
  if (leads_with_zero) return {.is = malformed};
  if (read.size == from.size()) {
    read.size += 2;
    return read;
  }
  if (digits == 0) return {.is = malformed};
  return end_of_header(from, read);
}

item_frame read_line(std::string_view from, redis_kind kind, std::size_t& searched) {
  const reply_line line = find_reply_line(from, searched);
  if (line.is != complete) return {line.is, searched + 2};
  return {complete, line.text.size() + 2, {.kind = kind, .text = line.text.substr(1)}};
}

item_frame read_integer(std::string_view from) {
  const header read = read_header(from);
  if (read.magnitude > integer_max + (read.negative ? 1 : 0)) return {malformed};
  return {read.is, read.size, {.kind = redis_kind::integer, .text = from.substr(1, read.size - 3)}};
}

redis_item null_item(redis_kind kind) {
  return {.kind = kind, .text = {}};
}

// -1 is "there is none".
bool is_null(const header& read) {
  return read.negative && read.magnitude == 1;
}

item_frame read_array(std::string_view from) {
  const header read = read_header(from);
  if (read.is != complete) return {read.is, read.size};
  if (is_null(read)) return {complete, read.size, null_item(redis_kind::null_array)};
  if (read.negative || read.magnitude > elements_max) return {malformed};
  return {complete, read.size,
          redis_item{.kind = redis_kind::array, .text = {}, .count = read.magnitude}};
}

item_frame read_bulk(std::string_view from) {
  const header read = read_header(from);
  if (read.is != complete) return {read.is, read.size};
  if (is_null(read)) return {complete, read.size, null_item(redis_kind::null_bulk)};
  if (read.negative || read.magnitude > bulk_bytes_max) return {malformed};
  const std::size_t end = read.size + read.magnitude;
  const bool ends_well =
      from.size() <= end || std::string_view("\r\n").starts_with(from.substr(end, 2));
  if (!ends_well) return {malformed};
  if (from.size() < end + 2) return {incomplete, end + 2};
  return {complete,
          end + 2,
          {.kind = redis_kind::bulk, .text = from.substr(read.size, read.magnitude)}};
}

item_frame read_item(std::string_view from, std::size_t& searched) {
  if (from.empty()) return {incomplete, 1};
  switch (from[0]) {
    case '+':
      return read_line(from, redis_kind::status, searched);
    case '-':
      return read_line(from, redis_kind::error, searched);
    case ':':
      return read_integer(from);
    case '$':
      return read_bulk(from);
    case '*':
      return read_array(from);
    default:
      return {malformed};
  }
}

}  // namespace

redis_item take_redis_item(std::string_view& rest) {
  std::size_t searched = 0;
  const item_frame read = read_item(rest, searched);
  DOVETAIL_CHECK(read.is == complete);
  rest.remove_prefix(read.size);
  return read.item;
}

reply_frame redis_reply_reader::read(std::string_view unread) {
  while (owed_ > 0) {
    const item_frame read = read_item(unread.substr(at_), searched_);
    if (read.is == malformed) return stop({malformed, 0});
    if (read.is == incomplete) return {incomplete, at_ + read.size};
    at_ += read.size;
    searched_ = 0;
    owed_ += read.item.count - 1;
  }
  return stop({complete, at_});
}

reply_frame redis_reply_reader::stop(reply_frame how) {
  *this = {};
  return how;
}

}  // namespace dovetail::sim
