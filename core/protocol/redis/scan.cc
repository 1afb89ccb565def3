#include "protocol/redis/scan.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/request.h"
#include "message/split_request.h"
#include "protocol/redis/replies.h"
#include "protocol/redis/split.h"

namespace dovetail::redis {
namespace {

constexpr std::uint64_t most_64 = std::numeric_limits<std::uint64_t>::max();
constexpr int usual_server_bits = 10;

int server_bits(std::uint32_t servers_in_pool) {
  if (servers_in_pool <= 1) return 0;
  return std::max(usual_server_bits, static_cast<int>(std::bit_width(servers_in_pool - 1)));
}

struct page {
  std::uint64_t cursor = 0;
  std::size_t rest = 0;  // where the array begins
};

// *2\r\n $1\r\n 0\r\n *…
std::optional<page> read_page(std::string_view reply) {
  constexpr std::string_view start = "*2\r\n$";
  if (!reply.starts_with(start)) return std::nullopt;
  const std::size_t line_end = reply.find('\n', start.size());
  if (line_end == std::string_view::npos) return std::nullopt;
  const std::size_t end = reply.find('\r', line_end);
  if (end == std::string_view::npos || end + 2 >= reply.size()) return std::nullopt;
  const auto cursor = parse_unsigned(reply.substr(line_end + 1, end - line_end - 1), most_64);
  if (!cursor || reply[end + 2] != '*') return std::nullopt;
  return page{.cursor = *cursor, .rest = end + 2};
}

// Where the scan goes on behind a page with this cursor.
std::optional<std::uint64_t> next_cursor(const split_request& split, std::uint64_t cursor) {
  const std::uint32_t server = split.servers.front();
  if (cursor != 0) {
    return pack_cursor({.server = server, .of_server = cursor}, split.servers_in_pool);
  }
  if (server + 1 == split.servers_in_pool) return 0;
  return pack_cursor({.server = server + 1, .of_server = 0}, split.servers_in_pool);
}

}  // namespace

std::optional<scan_cursor> read_cursor(std::string_view text, std::uint32_t servers_in_pool) {
  const auto number = parse_unsigned(text, most_64);
  if (!number) return std::nullopt;
  const int bits = server_bits(servers_in_pool);
  const std::uint64_t server = *number & ((std::uint64_t{1} << bits) - 1);
  if (server >= servers_in_pool) return std::nullopt;
  return scan_cursor{.server = static_cast<std::uint32_t>(server), .of_server = *number >> bits};
}

std::optional<std::uint64_t> pack_cursor(const scan_cursor& at, std::uint32_t servers_in_pool) {
  const int bits = server_bits(servers_in_pool);
  if (at.of_server > most_64 >> bits) return std::nullopt;
  return at.of_server << bits | at.server;
}

bool is_page(std::string_view reply) {
  return read_page(reply).has_value();
}

void write_scan(const request& asked, std::uint32_t servers_in_pool, outbox& out) {
  const auto at = read_cursor(asked.argument(1), servers_in_pool);
  DOVETAIL_CHECK(at.has_value());
  const decimal cursor = decimal::of(at->of_server);
  append_header(out, '*', asked.arguments.size());
  append_argument(asked, asked.arguments[0], out);
  append_header(out, '$', cursor.text().size());
  out.append(cursor.text());
  out.append("\r\n");
  for (const extent argument : asked.arguments.subspan(2))
    append_argument(asked, argument, out);
}

void join_page(const split_request& split, outbox& out) {
  const slice& reply = split.parts.front().reply;
  const auto came = read_page(reply.view());
  DOVETAIL_CHECK(came.has_value());
  const auto next = next_cursor(split, came->cursor);
  if (!next)
    return out.append("-ERR the cursor of the server does not fit into that of the pool\r\n");
  std::string start;
  append_array_header(start, 2);
  append_bulk(start, decimal::of(*next).text());
  out.append(std::string_view(start));
  out.append(reply.sub(came->rest, reply.size() - came->rest));
}

}  // namespace dovetail::redis
