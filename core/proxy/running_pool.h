// One pool at work: its configuration, its protocol, its servers and the connections to them.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "io/network.h"
#include "io/socket.h"
#include "message/slow_log.h"
#include "pool/server_pool.h"
#include "protocol/protocol.h"
#include "proxy/client_connection.h"
#include "stats/counters.h"
#include "stats/snapshot.h"

namespace dovetail {

struct running_pool {
  // `seed` is for the random distribution, `replies_at_first` for its clients' limits. Goes on
  // counting where `before` stopped, which has the same name, and where its servers of the same
  // names did.
  running_pool(const pool_config& of,
               std::uint64_t seed,
               std::size_t replies_at_first,
               slow_logs& logs,
               const running_pool* before = nullptr);

  // The lane that a new client's requests take to every server: always the same one, so that they
  // cannot overtake each other.
  std::uint32_t lane_for(token client) const {
    return client.slot % static_cast<std::uint32_t>(config.server_connections);
  }

  // The place for the name of a lane's connection.
  token& lane(std::uint32_t server, std::uint32_t at) { return lanes[server * lane_count + at]; }

  // The lane that a connection is in, if it is in one.
  std::optional<std::uint32_t> lane_of(std::uint32_t server, token connection) const;

  // There are lanes for clients that came when there were more of them.
  void lanes_reach(std::uint32_t lane);

  // The counters show of each server whether it is out.
  void count_who_is_out();

  // Null for a server that the pool does not have.
  std::shared_ptr<server_counters> counts_of(std::string_view server) const;

  std::optional<instant> deadline_from(instant now) const {
    return timeout > duration::zero() ? std::optional(now + timeout) : std::nullopt;
  }

  // It holds more than it should.
  bool is_full() const { return bytes_max > 0 && held_bytes > bytes_max; }

  // What each of so many may have of it then.
  std::size_t share_of(std::size_t holders) const {
    return std::max<std::size_t>(bytes_max / std::max<std::size_t>(holders, 1), 1);
  }

  // Of one client's replies, unwritten or coming; and unwritten to one server: beyond it clients
  // wait.
  std::size_t reply_bytes_allowed() const {
    return is_full() ? std::min(bounds.reply_bytes_max, share_of(clients)) : bounds.reply_bytes_max;
  }
  std::size_t queue_bytes_allowed() const {
    return is_full() ? std::min(queue_bytes_max, share_of(connections)) : queue_bytes_max;
  }

  // How long a probe may take.
  duration probe_timeout() const {
    return timeout > duration::zero() ? timeout : servers.retry_after();
  }

  // Outlives the pool: may be read from any thread for as long as somebody holds it.
  pool_view view() const {
    return {.whole = counted, .servers = {server_counts.begin(), server_counts.end()}};
  }

  const pool_config config;
  const client_connection::limits bounds;
  const std::size_t queue_bytes_max;  // unwritten to one server
  const std::size_t bytes_max;        // of all clients and servers; 0: no limit
  const std::optional<io::keep_alive_options> keep_alive;  // of clients and servers that are silent
  duration timeout;                                        // zero: for ever
  duration client_idle_timeout;                            // likewise
  duration resolve_ttl;                                    // zero: never
  std::optional<instant> resolve_at;                       // where names lead is asked then
  std::optional<duration> slow_after;  // responses that took as long are in `slow`; none: never
  std::shared_ptr<slow_log> slow;
  std::unique_ptr<protocol> speaks;
  server_pool servers;
  std::shared_ptr<pool_counters> counted;
  pool_counters& counters;
  std::vector<std::shared_ptr<server_counters>> server_counts;  // in the servers' order
  std::uint32_t lane_count;                                     // for each server
  std::vector<token> lanes;                                     // in the servers' order
  token listener;
  std::size_t held_bytes = 0;  // come, and not passed on
  std::size_t clients = 0;
  std::size_t connections = 0;  // to servers
  bool draining = false;        // clients end when they have what they are owed
  bool retired = false;         // has no listener; servers, too, when there are no clients left
};

}  // namespace dovetail
