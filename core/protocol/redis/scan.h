// SCAN over all servers of a pool: one server after the other, in the pool's order, each from its
// beginning to its end, so that no key is missed that is there throughout.
//
// Nothing is remembered between two requests: the cursor that a client is given says which server
// is being scanned and how far. Client libraries read it as 64 unsigned bits:
//
//     63                        10 9        0
//     ├── the server's own cursor ─┼─ server ─┤
//
// Ten bits for the server, more where a pool has more than 1024, none where it has one: there the
// cursor is the server's own. The server's cursor stands above so that small ones stay small: some
// libraries keep no more than 53 bits. It must fit what is left (redis's is below twice the number
// of its keys); where it does not, the reply is an error. 0 begins and ends a scan, as in redis.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "buffer/outbox.h"
#include "message/request.h"
#include "message/split_request.h"

namespace dovetail::redis {

struct scan_cursor {
  std::uint32_t server = 0;     // by its place in the pool
  std::uint64_t of_server = 0;  // its own

  bool operator==(const scan_cursor&) const = default;
};

// Nothing when it is no number of 64 bits or names a server that the pool does not have: no SCAN of
// this pool has given it.
std::optional<scan_cursor> read_cursor(std::string_view text, std::uint32_t servers_in_pool);

// Nothing where the server's cursor does not fit.
std::optional<std::uint64_t> pack_cursor(const scan_cursor& at, std::uint32_t servers_in_pool);

// Whether `reply`, an array of two, is a page of a scan: a cursor and an array.
bool is_page(std::string_view reply);

// Writes SCAN for the server that its cursor names, which read_cursor has accepted.
void write_scan(const request& asked, std::uint32_t servers_in_pool, outbox& out);

// The page, with the cursor that goes on from it: at this server, at the next one, or 0.
void join_page(const split_request& split, outbox& out);

}  // namespace dovetail::redis
