#include "protocol/memcache/request_parser.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "buffer/inbox.h"
#include "message/request.h"
#include "protocol/memcache/replies.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

constexpr std::string_view crlf = "\r\n";

// The first byte of the binary protocol's requests.
constexpr char binary_magic = '\x80';

// proto_text.c, try_read_command_ascii: a long line may start with so many spaces.
constexpr std::size_t leading_spaces_max = 100;

constexpr std::string_view binary_refused =
    "CLIENT_ERROR the binary protocol is not supported by this proxy\r\n";
constexpr std::string_view line_refused = "CLIENT_ERROR line too long\r\n";
constexpr std::string_view http_refused = "ERROR\r\n";

}  // namespace

parse_status request_parser::parse(inbox& from, request& found) {
  if (expecting_ == expecting::line) {
    const parse_status status = parse_line(from, found);
    if (expecting_ == expecting::line) return status;
  }
  return expecting_ == expecting::block ? parse_block(from, found) : pass_over(from, found);
}

// Leaves expecting_ as it is unless a block follows.
parse_status request_parser::parse_line(inbox& from, request& found) {
  const std::string_view unread = from.unread();
  if (unread.starts_with(binary_magic)) return malformed(binary_refused);
  const std::size_t end = unread.find('\n', scanned_);
  scanned_ = std::min(end, unread.size());
  if (!is_bounded(unread.substr(0, scanned_))) return malformed(line_refused);
  if (end == std::string_view::npos) return parse_status::incomplete;

  const bool ended_by_crlf = end > 0 && unread[end - 1] == '\r';
  line_size_ = end + 1;
  line_.read(unread.substr(0, ended_by_crlf ? end - 1 : end), ended_by_crlf);
  if (line_.hostile()) return malformed(http_refused);
  if (!line_.block()) return complete(found, from.front(line_size_), line_size_);
  if (line_.refusal().empty()) {
    expecting_ = expecting::block;
  } else {
    refused_ = from.front(line_size_);
    from.consume(line_size_);
    left_ = *line_.block() + crlf.size();
    expecting_ = expecting::passed_over;
  }
  return parse_status::incomplete;
}

// memcached, too, lets get and gets be of any length and nothing else. Which it is must be known
// when there is one byte too many for the others.
bool request_parser::is_bounded(std::string_view line) const {
  if (line.size() <= limits_.line_bytes_max) return true;
  std::string_view front = line.substr(0, limits_.line_bytes_max + 1);
  const std::size_t first = front.find_first_not_of(' ');
  if (first > leading_spaces_max) return false;
  front.remove_prefix(first);
  return (front.starts_with("get ") || front.starts_with("gets ")) &&
         line.size() - first <= limits_.message_bytes_max;
}

parse_status request_parser::parse_block(inbox& from, request& found) {
  const std::string_view unread = from.unread();
  const std::size_t size = line_size_ + static_cast<std::size_t>(*line_.block()) + crlf.size();
  if (unread.size() < size) {
    from.expect(size);
    return parse_status::incomplete;
  }
  const bool good = unread.substr(0, size).ends_with(crlf);
  const parse_status status = complete(found, from.front(size), size);
  if (!good) found.refusal = text::bad_data;
  return status;
}

// memcached does not look at the end of a block it throws away either.
parse_status request_parser::pass_over(inbox& from, request& found) {
  const std::size_t have = from.size();
  if (have < left_) {
    left_ -= have;
    from.consume(have);
    return parse_status::incomplete;
  }
  return complete(found, std::move(refused_), static_cast<std::size_t>(left_));
}

parse_status request_parser::malformed(std::string_view error) {
  error_ = error;
  return parse_status::malformed;
}

parse_status request_parser::complete(request& found, slice bytes, std::size_t consumed) {
  found = request{.bytes = std::move(bytes),
                  .consumed = consumed,
                  .command = line_.command(),
                  .canonical = line_.canonical(),
                  .reply_wanted = line_.reply_wanted(),
                  .refusal = line_.refusal(),
                  .arguments = line_.words(),
                  .keys = line_.keys(),
                  .meant = line_.meant()};
  refused_ = slice();
  scanned_ = 0;
  expecting_ = expecting::line;
  return parse_status::complete;
}

}  // namespace dovetail::memcache
