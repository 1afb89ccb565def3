// Another configuration takes over while clients are being served.
//
//     prepare ─▶ listeners that are new are open, and accept nobody
//     adopt   ─▶ unchanged pools stay as they are
//                changed ones are succeeded: clients and connections to servers that stay move over
//                what is left (removed pools, removed servers) answers what it was asked and ends

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"

namespace dovetail {
namespace {

// Whether clients and servers of the one can go on in the other: what was said to a server in its
// greeting, and what a client had to give, must still hold.
bool speak_alike(const pool_config& one, const pool_config& other) {
  return one.redis == other.redis && one.redis_auth == other.redis_auth &&
         one.redis_auth_user == other.redis_auth_user && one.redis_db == other.redis_db;
}

}  // namespace

std::expected<void, std::string> proxy::prepare(const config& next) {
  if (drains_from_) return std::unexpected("the proxy is about to end\n");
  std::string failures;
  for (const pool_config& pool : next.pools) {
    if (listener_at(pool.listen)) continue;
    const auto opened = open_listener(pool);
    if (opened) {
      listeners_.find(*opened)->door->pause();
    } else {
      failures += opened.error();
    }
  }
  if (failures.empty()) return {};
  forget_prepared();
  return std::unexpected(std::move(failures));
}

void proxy::forget_prepared() {
  listeners_.for_each([this](token name, listening& at) {
    if (at.pool == nullptr) close_listener(name);
  });
}

void proxy::adopt(const config& next, std::size_t client_connections_max, instant now) {
  counters_.reloads.add();
  options_.client_connections_max = client_connections_max;
  auto before = std::exchange(pools_, {});
  for (const pool_config& each : next.pools) {
    const auto old = std::ranges::find_if(
        before, [&](const auto& pool) { return pool && pool->config.name == each.name; });
    pools_.push_back(old == before.end() ? begin(each) : succeed(std::move(*old), each, now));
  }
  for (auto& left : before) {
    if (left) retire(std::move(left));
  }
  hand_out_listeners();
  connect_ahead(now);
}

std::unique_ptr<running_pool> proxy::begin(const pool_config& pool, const running_pool* before) {
  return std::make_unique<running_pool>(pool, options_.seed, options_.replies_at_first,
                                        *options_.slow, before);
}

// The pool that goes on in the place of `old`, which may be the same.
std::unique_ptr<running_pool> proxy::succeed(std::unique_ptr<running_pool> old,
                                             const pool_config& as,
                                             instant now) {
  if (old->config == as) return old;
  auto next = begin(as, old.get());
  if (speak_alike(old->config, as)) move_over(*old, *next, now);
  next->count_who_is_out();
  retire(std::move(old));
  return next;
}

void proxy::move_over(running_pool& from, running_pool& to, instant now) {
  to.servers.remember(from.servers);
  clients_.for_each([&](token, client_side& client) {
    if (client.pool != &from) return;
    client.pool = &to;
    client.talk.bound_by(to.bounds);
    --from.clients;
    ++to.clients;
    from.held_bytes -= client.counted_bytes;
    to.held_bytes += client.counted_bytes;
    to.lanes_reach(client.lane);
    wake_by(client.idle_at());
  });
  servers_.for_each([&](token, server_side& server) {
    if (server.pool != &from || server.retiring) return;
    const auto at = to.servers.index_of(from.config.servers[server.server]);
    if (at) move_over(server, to, *at, now);
  });
}

void proxy::move_over(server_side& server, running_pool& to, std::uint32_t at, instant now) {
  running_pool& from = *server.pool;
  const auto lane = from.lane_of(server.server, server.name);
  if (!lane && !server.is_probe) return;
  if (lane) {
    to.lanes_reach(*lane);
    to.lane(at, *lane) = server.name;
  }
  --from.connections;
  ++to.connections;
  from.held_bytes -= server.counted_bytes;
  to.held_bytes += server.counted_bytes;
  server.pool = &to;
  server.server = at;
  server.talk.speak(*to.speaks);
  server.talk.note_after(to.slow_after);
  if (from.timeout == to.timeout) return;
  server.talk.expect_by(server.is_probe ? now + to.probe_timeout() : to.deadline_from(now));
  wake_by(server.talk.next_deadline(to.timeout));
}

// No listener any more. What it still has, it finishes.
void proxy::retire(std::unique_ptr<running_pool> pool) {
  pool->retired = true;
  listeners_.for_each([&](token, listening& at) {
    if (at.pool == pool.get()) at.pool = nullptr;
  });
  dismiss_clients(*pool);
  if (pool->clients == 0) dismiss_servers(*pool);
  retired_.push_back(std::move(pool));
}

void proxy::dismiss_clients(running_pool& pool) {
  pool.draining = true;
  clients_.for_each([&](token, client_side& client) {
    if (client.pool != &pool || client.talk.finishing()) return;
    if (!client.paused) take_last(client);  // else when its last request is taken
  });
}

void proxy::dismiss_servers(running_pool& pool) {
  servers_.for_each([&](token, server_side& server) {
    if (server.pool != &pool) return;
    server.retiring = true;
    if (server.talk.idle()) put_away(server);
  });
}

// Nobody waits on it and nobody will.
void proxy::put_away(server_side& server) {
  forget(server);
  let_go(server);
  servers_.erase(server.name);
}

// Retired pools of which nothing is left.
void proxy::bury() {
  std::erase_if(retired_,
                [](const auto& pool) { return pool->clients == 0 && pool->connections == 0; });
}

void proxy::hand_out_listeners() {
  listeners_.for_each([](token, listening& at) { at.pool = nullptr; });
  for (const auto& pool : pools_) {
    pool->listener = listener_at(pool->config.listen);
    listening& its = *listeners_.find(pool->listener);
    its.pool = pool.get();
    its.door->resume();
  }
  forget_prepared();
}

// None where nobody listens there.
token proxy::listener_at(const endpoint& where) {
  token found;
  listeners_.for_each([&](token name, listening& at) {
    if (at.asked == where) found = name;
  });
  return found;
}

}  // namespace dovetail
