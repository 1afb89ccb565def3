// Does the name of a connected server lead elsewhere by now? Connecting resolves it, so a
// connection of its own finds out: the scout. Where it has come to another address than a lane is
// at, it takes the lane's place.
//
//     lane   asked #0 #1 ──────────▶ answers #0 #1, gets no more requests, ends
//     scout                 connected, greeted ─▶ asked #2 … says nothing before that end (P3)

#include <cstdint>
#include <string_view>

#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"

namespace dovetail {
namespace {

bool has_name(const endpoint& at) {
  const bool is_v4 = at.host.find_first_not_of("0123456789.") == std::string_view::npos;
  return !at.is_unix() && !is_v4 && at.host.find(':') == std::string_view::npos;
}

}  // namespace

void proxy::resolve_again(running_pool& pool, instant now) {
  if (!pool.resolve_at) return;
  if (now >= *pool.resolve_at) {
    pool.resolve_at = now + pool.resolve_ttl;
    for (std::uint32_t server = 0; server < pool.config.servers.size(); ++server) {
      if (has_name(pool.config.servers[server].address)) scout(pool, server, now);
    }
  }
  wake_by(pool.resolve_at);
}

// Nobody needs to look for a server that is not connected: the next attempt resolves its name.
void proxy::scout(running_pool& pool, std::uint32_t server, instant now) {
  if (server_side* const former = scout_of(pool, server)) {
    if (now - former->attempted_at < pool.probe_timeout()) return;
    close_server(*former, loss::spare, "", now);
  }
  bool is_connected = false;
  for (std::uint32_t at = 0; at < pool.lane_count; ++at) {
    const server_side* const lane = servers_.find(pool.lane(server, at));
    is_connected = is_connected || (lane != nullptr && lane->talk.ready());
  }
  if (!is_connected) return;
  token name;
  connect(pool, server, name, now).is_scout = true;
}

server_side* proxy::scout_of(const running_pool& pool, std::uint32_t server) {
  server_side* found = nullptr;
  servers_.for_each([&](token, server_side& each) {
    if (each.is_scout && each.pool == &pool && each.server == server) found = &each;
  });
  return found;
}

void proxy::on_scout_connected(server_side& scout, instant now) {
  running_pool& pool = *scout.pool;
  const std::uint32_t server = scout.server;
  for (std::uint32_t at = 0; at < pool.lane_count; ++at) {
    token& lane = pool.lane(server, at);
    server_side* const old = servers_.find(lane);
    if (old == nullptr || !old->talk.ready() || old->io.peer() == scout.io.peer()) continue;
    const std::string& name = pool.config.servers[server].name;
    log_.server_moved(pool.config.name, name, old->io.peer(), scout.io.peer());
    old->left_lane = at;
    old->retiring = true;
    if (scout.is_scout) {
      scout.is_scout = false;
      lane = scout.name;
      follow(scout);
    } else {
      connect(pool, server, lane, now);
    }
    if (old->talk.idle()) put_away(*old);
  }
  if (scout.is_scout) return close_server(scout, loss::spare, "", now);
  scout.io.watch(io::readiness::readable);
}

// Nothing that is asked here overtakes what was asked in the same lane before (P3). Where several
// have left it, each waits for the one before.
void proxy::follow(server_side& server) {
  const auto lane = server.pool->lane_of(server.server, server.name);
  if (!lane) return;
  const auto find_left = [&](auto is_it) {
    token found;
    servers_.for_each([&](token name, const server_side& each) {
      const bool left =
          each.pool == server.pool && each.server == server.server && each.left_lane == lane;
      if (left && is_it(each)) found = name;
    });
    return found;
  };
  token next = find_left([](const server_side&) { return true; });
  while (next) {
    server.after = next;
    next = find_left([&](const server_side& each) { return each.after == server.after; });
  }
}

// What waited for its end has something to say.
void proxy::let_follow(const server_side& gone) {
  servers_.for_each([&](token, server_side& each) {
    if (each.after == gone.name) mark_dirty(each);
  });
}

}  // namespace dovetail
