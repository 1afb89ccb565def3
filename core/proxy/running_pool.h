// One pool at work: its configuration, its protocol, its servers and the connections to them.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "io/network.h"
#include "pool/server_pool.h"
#include "protocol/protocol.h"
#include "stats/counters.h"
#include "stats/snapshot.h"

namespace dovetail {

struct running_pool {
  // `seed` is for the random distribution.
  running_pool(const pool_config& of, std::uint64_t seed);

  // The place for the name of the connection that this client's requests to `server` take: always
  // the same one, so that they cannot overtake each other.
  token& lane(std::uint32_t server, token client) {
    const auto width = static_cast<std::uint32_t>(config.server_connections);
    return lanes[server * width + client.slot % width];
  }

  std::optional<instant> deadline_from(instant now) const {
    return timeout > duration::zero() ? std::optional(now + timeout) : std::nullopt;
  }

  // Outlives the pool: may be read from any thread for as long as somebody holds it.
  pool_view view() const {
    return {.whole = counted, .servers = {server_counts.begin(), server_counts.end()}};
  }

  const pool_config config;
  duration timeout;  // zero: for ever
  std::unique_ptr<protocol> speaks;
  server_pool servers;
  std::shared_ptr<pool_counters> counted;
  pool_counters& counters;
  std::vector<std::shared_ptr<server_counters>> server_counts;  // in the servers' order
  std::vector<token> lanes;  // server_connections of them for each server, in the servers' order
  std::unique_ptr<io::listener> listener;
  std::size_t clients = 0;
};

}  // namespace dovetail
