#include "protocol/redis/request_parser.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "buffer/inbox.h"
#include "buffer/packer.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/inline_request.h"
#include "protocol/redis/keys.h"
#include "protocol/redis/number.h"

namespace dovetail::redis {
namespace {

constexpr std::string_view not_http = "this is not an HTTP server";

// The first `sought` in bytes [from, to), or npos.
std::size_t find_byte(std::string_view bytes, char sought, std::size_t from, std::size_t to) {
  if (from >= to) return std::string_view::npos;
  const void* const found = std::memchr(bytes.data() + from, sought, to - from);
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

// "$5\r\n" or "$16\r\n", which most headers are, read without a loop, its LF included. What is
// anything else is left to read_header; its `end` is 0. The type has been looked at.
number short_header(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + 5) return {};
  const char* const first = bytes.data() + at;
  if (!is_digit(first[1])) return {};
  if (first[2] == '\r' && first[3] == '\n') {
    return {parse_status::complete, first[1] - '0', at + 4};
  }
  if (first[1] == '0' || !is_digit(first[2])) return {};
  if (first[3] != '\r' || first[4] != '\n') return {};
  return {parse_status::complete, (first[1] - '0') * 10 + (first[2] - '0'), at + 5};
}

}  // namespace

request_parser::request_parser(const message_limits& limits)
    : limits_(limits), whole_bytes_max_(limits.whole_bytes_max()) {}

parse_status request_parser::parse(inbox& from, request& found) {
  if (expecting_ == expecting::nothing) return parse_status::malformed;
  const std::string_view bytes = from.unread();
  if (expecting_ == expecting::message) {
    give_back();
    if (bytes.empty()) return parse_status::incomplete;
    begin(bytes.front());
  }
  if (expecting_ == expecting::inline_line) return read_inline(from, found);

  const parse_status status = read_array(bytes);
  if (status == parse_status::complete) {
    found.bytes = from.front(at_);
    found.consumed = at_;
    return finish(found);
  }
  if (expecting_ == expecting::argument) from.expect(end_);
  return status;
}

void request_parser::begin(char first) {
  expecting_ = first == '*' ? expecting::array_header : expecting::inline_line;
  canonical_ = true;
  at_ = scanned_ = end_ = 0;
  left_ = 0;
}

// As redis networking.c, processInlineBuffer: words are judged when the line is there. Redis looks
// for its end with strchr: a NUL makes it wait for bytes that cannot help until the line is too
// long. Here the line is refused at its NUL, and where it is the first one of an HTTP request,
// whatever its verb: a value that looks like one comes in an array.
parse_status request_parser::read_inline(inbox& from, request& found) {
  const std::string_view bytes = from.unread();
  const std::size_t most = static_cast<std::size_t>(limits_.line_bytes_max) + 1;
  const std::size_t to = std::min(bytes.size(), most);
  const std::size_t end = find_byte(bytes, '\n', scanned_, to);
  const bool nul = find_byte(bytes, '\0', scanned_, std::min(end, to)) != std::string_view::npos;
  if (nul) return refuse("NUL in inline request");
  if (end == std::string_view::npos) {
    scanned_ = to;
    return bytes.size() < most ? parse_status::incomplete : refuse("too big inline request");
  }
  std::string_view line = bytes.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!encode_inline(line, encoded_, arguments_)) return refuse("unbalanced quotes in request");
  if (arguments_.size() > limits_.arguments_max) return refuse("invalid multibulk length");
  if (line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0")) return refuse(not_http);
  found.bytes = packer(from.pool()).keep(encoded_);
  found.consumed = end + 1;
  return finish(found);
}

parse_status request_parser::read_array(std::string_view bytes) {
  parse_status status = parse_status::complete;
  if (expecting_ == expecting::array_header) status = read_array_header(bytes);
  while (status == parse_status::complete && left_ > 0) {
    if (expecting_ == expecting::argument_header) status = read_argument_header(bytes);
    if (status == parse_status::complete) status = read_argument(bytes);
  }
  return status;
}

parse_status request_parser::read_array_header(std::string_view bytes) {
  std::string_view why = "invalid multibulk length";
  const auto fits = [&](std::uint64_t count, std::size_t) {
    if (count > limits_.arguments_max) return false;
    const bool good = authenticated_ || count <= limits_.stranger_arguments_max;
    if (!good) why = "unauthenticated multibulk length";
    return good;
  };
  const number count = read_header(bytes, std::numeric_limits<std::int64_t>::min(), fits);
  if (count.status == parse_status::malformed) return refuse(why);
  if (count.status == parse_status::incomplete) return count.status;
  at_ = scanned_ = count.end;
  left_ = static_cast<std::uint64_t>(std::max<std::int64_t>(count.value, 0));
  expecting_ = expecting::argument_header;
  return parse_status::complete;
}

parse_status request_parser::read_argument_header(std::string_view bytes) {
  if (at_ == bytes.size()) return parse_status::incomplete;
  if (bytes[at_] != '$') {
    const char got = bytes[at_] == '\r' || bytes[at_] == '\n' ? ' ' : bytes[at_];
    std::string why = "expected '$', got '";
    why += got;
    why += '\'';
    return refuse(why);
  }
  std::string_view why = "invalid bulk length";
  const auto fits = [&](std::uint64_t size, std::size_t end) {
    if (size > limits_.message_bytes_max) return false;
    const bool known = authenticated_ || size <= limits_.stranger_argument_bytes_max;
    const bool good = end + crlf_bytes + size + crlf_bytes <= whole_bytes_max_;
    if (!known || !good) why = known ? "too big request" : "unauthenticated bulk length";
    return known && good;
  };
  const number size = read_header(bytes, 0, fits);
  if (size.status == parse_status::malformed) return refuse(why);
  if (size.status == parse_status::incomplete) return size.status;
  at_ = scanned_ = size.end;
  end_ = at_ + static_cast<std::size_t>(size.value) + crlf_bytes;
  expecting_ = expecting::argument;
  return parse_status::complete;
}

parse_status request_parser::read_argument(std::string_view bytes) {
  if (bytes.size() < end_) return parse_status::incomplete;
  if (bytes[end_ - 2] != '\r' || bytes[end_ - 1] != '\n') canonical_ = false;
  arguments_.push_back(
      {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end_ - 2 - at_)});
  at_ = scanned_ = end_;
  --left_;
  expecting_ = expecting::argument_header;
  return parse_status::complete;
}

// A header ends at its CR; redis skips one byte more, whatever it is.
template <class Fits>
number request_parser::read_header(std::string_view bytes, std::int64_t least, const Fits& fits) {
  const number quick = short_header(bytes, at_);
  if (quick.end > 0 && fits(static_cast<std::uint64_t>(quick.value), quick.end - crlf_bytes)) {
    return quick;
  }
  number read = read_number(bytes, at_ + 1, least, fits);
  if (read.status != parse_status::complete) return read;
  if (read.end == bytes.size()) return {.status = parse_status::incomplete};
  if (bytes[read.end] != '\n') canonical_ = false;
  ++read.end;
  return read;
}

// Redis closes on two names (server.c, securityWarningCommand): a browser may have been tricked
// into sending an HTTP request whose body is ours to execute.
parse_status request_parser::finish(request& found) {
  expecting_ = expecting::message;
  found.command = unknown_command;
  found.canonical = canonical_;
  found.reply_wanted = true;
  found.refusal = {};
  found.arguments = arguments_;
  found.keys = {};
  if (arguments_.empty()) return parse_status::complete;

  const std::string_view name = found.argument(0);
  found.command = find_command(name);
  if (found.command == unknown_command) {
    const bool http = equal_ignoring_case(name, "post") || equal_ignoring_case(name, "host:");
    return http ? refuse(not_http) : parse_status::complete;
  }
  const command& row = commands()[found.command];
  if (arity_holds(row.arity, arguments_.size())) {
    found.refusal = find_keys(row, found.bytes.view(), arguments_, keys_);
  }
  found.keys = keys_;
  return parse_status::complete;
}

parse_status request_parser::refuse(std::string_view why) {
  error_.assign("-ERR Protocol error: ").append(why).append("\r\n");
  expecting_ = expecting::nothing;
  return parse_status::malformed;
}

void request_parser::give_back() {
  const auto empty = [](std::vector<extent>& extents) {
    extents.clear();
    if (extents.capacity() > kept_arguments) extents.shrink_to_fit();
  };
  empty(arguments_);
  empty(keys_);
  encoded_.clear();
  if (encoded_.capacity() > kept_arguments) encoded_.shrink_to_fit();
}

}  // namespace dovetail::redis
