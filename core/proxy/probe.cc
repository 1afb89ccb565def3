// Is a server that is out well again? One question decides, on a connection of its own, which
// becomes one of the server's lanes when it may.

#include <cstdint>

#include "base/time.h"
#include "base/token.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"
#include "stats/counters.h"

namespace dovetail {

// Asks those whose time has come.
void proxy::probe_servers(running_pool& pool, instant now) {
  if (!pool.config.auto_eject_hosts) return;
  for (std::uint32_t server = 0; server < pool.config.servers.size(); ++server) {
    if (pool.servers.begin_probe(server, now)) probe(pool, server, now);
  }
  wake_by(pool.servers.next_probe());
}

void proxy::probe(running_pool& pool, std::uint32_t server, instant now) {
  const instant deadline = now + pool.probe_timeout();
  token name;
  server_side& asked = connect(pool, server, name, now);
  asked.is_probe = true;
  asked.talk.ask_probe(now, deadline);
  mark_dirty(asked);
  wake_by(deadline);
}

// An error is an answer, but not that of a server that is well: it may be loading its data.
void proxy::on_probe_answered(server_side& server, bool well, instant now) {
  if (!well) return close_server(server, loss::distrust, "Server is not well yet", now);
  running_pool& pool = *server.pool;
  server.is_probe = false;
  pool.servers.probe_answered(server.server);
  if (!pool.retired) {
    server_counters& counts = server.counters();
    counts.ejected.set(0);
    const duration out_for = since_1970(now) - duration(counts.server_ejected_at.get());
    log_.server_returned(pool.config.name, pool.config.servers[server.server].name, out_for);
  }
  token* const lane = free_lane(pool, server.server);
  if (lane == nullptr || server.retiring) return close_server(server, loss::spare, "", now);
  *lane = server.name;
  follow(server);
  relay(server, now);
}

// The place of a lane that has no connection; null when each has one.
token* proxy::free_lane(running_pool& pool, std::uint32_t server) {
  for (std::uint32_t at = 0; at < pool.lane_count; ++at) {
    token& lane = pool.lane(server, at);
    if (servers_.find(lane) == nullptr) return &lane;
  }
  return nullptr;
}

void proxy::on_probe_lost(server_side& server, instant now) {
  running_pool& pool = *server.pool;
  pool.servers.probe_failed(server.server, now);
  wake_by(pool.servers.next_probe());
}

}  // namespace dovetail
