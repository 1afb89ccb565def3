// A connection as the proxy keeps it: a socket beside what is spoken over it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "proxy/client_connection.h"
#include "proxy/connection.h"
#include "proxy/running_pool.h"
#include "proxy/server_connection.h"

namespace dovetail {

// Names on the seam: clients and servers live in tables of their own, and the highest bit of a
// token's slot says which.
inline constexpr std::uint32_t server_bit = 1U << 31;

inline token server_name(token in_table) {
  return {in_table.slot | server_bit, in_table.generation};
}
inline bool names_server(token who) {
  return (who.slot & server_bit) != 0;
}
inline token in_server_table(token who) {
  return {who.slot & ~server_bit, who.generation};
}

struct client_side {
  client_side(running_pool& its_pool,
              std::unique_ptr<io::socket> socket,
              block_pool& blocks,
              split_pool& splits,
              const client_connection::limits& bounds,
              session who)
      : io(std::move(socket)),
        talk(*its_pool.speaks,
             blocks,
             splits,
             bounds,
             its_pool.counters.requests_replied,
             std::move(who)),
        pool(&its_pool) {}

  // When it has been quiet for too long, if it stays so.
  std::optional<instant> idle_at() const {
    if (pool->client_idle_timeout == duration::zero()) return std::nullopt;
    if (talk.finishing() || !talk.quiet()) return std::nullopt;
    return last_active + pool->client_idle_timeout;
  }

  // Whether what is taken of it now has waited for a whole time-out behind requests that timed out:
  // then its own has passed as well. One that waited because its client does not read has not.
  bool is_overdue(instant now) const {
    if (!kept_waiting) return false;
    const auto deadline = pool->deadline_from(last_read);
    return deadline && now >= *deadline;
  }

  // What is overdue is not forwarded, and brings an error only.
  bool may_take(instant now) const {
    constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    return talk.may_take(is_overdue(now) ? any : pool->reply_bytes_allowed());
  }

  connection io;
  client_connection talk;
  running_pool* pool;
  token name;
  std::size_t counted_bytes = 0;        // of the pool's held_bytes
  std::uint32_t lane = 0;               // of its pool, for as long as it is there
  bool dirty = false;                   // is in the list of those to flush
  bool resumable = false;               // is in the list of those to take requests from
  bool paused = false;                  // may have requests in its inbox, and is not watched
  bool peer_finished = false;           // has sent its end of stream
  std::size_t last_bytes = 16U << 20;   // taken of it when it is dismissed; a socket holds less
  instant last_active{};                // when bytes last came, or went
  instant last_read{};                  // when they last came
  bool kept_waiting = false;            // since then a server has let one of its requests time out
  std::optional<instant> linger_until;  // all is said; reads to the end of stream, or until then
};

struct server_side {
  server_side(running_pool& its_pool,
              std::uint32_t which,
              std::unique_ptr<io::socket> socket,
              block_pool& blocks)
      : io(std::move(socket)),
        talk(*its_pool.speaks, blocks, *its_pool.server_counts[which], its_pool.slow_after),
        pool(&its_pool),
        server(which) {}

  std::string_view server_name() const { return pool->config.servers[server].name; }
  server_counters& counters() { return *pool->server_counts[server]; }

  connection io;
  server_connection talk;
  running_pool* pool;
  std::uint32_t server;  // index in the pool
  token name;
  std::size_t counted_bytes = 0;  // of the pool's held_bytes
  instant attempted_at{};         // to connect
  bool dirty = false;
  bool retiring = false;  // gets no more requests, and ends when it owes nothing
  bool is_probe = false;  // is no lane, and asks only whether the server is well
  bool is_scout = false;  // is no lane, and finds out where the server's name leads
  std::optional<std::uint32_t> left_lane;  // another has taken its place there
  token after;              // says nothing as long as this one is there, whose place it has taken
  std::vector<token> held;  // clients that wait until this server reads again
};

// What it holds now, in the pool's books.
template <class Side>
void count_held(Side& side) {
  const std::size_t held = side.talk.held_bytes();
  side.pool->held_bytes += held - side.counted_bytes;
  side.counted_bytes = held;
}

}  // namespace dovetail
