#include "proxy/proxy.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "io/network.h"
#include "io/socket.h"
#include "protocol/protocol.h"
#include "proxy/running_pool.h"
#include "proxy/server_connection.h"
#include "proxy/sides.h"

namespace dovetail {
namespace {

constexpr duration nobody_came = std::chrono::milliseconds(10);
constexpr duration come_all_the_time = std::chrono::milliseconds(500);

}  // namespace

proxy::proxy(const config& with, const proxy_options& how, io::network& world, log_sink& log)
    : options_(how), world_(world), log_(log), blocks_(how.block_size) {
  for (const pool_config& each : with.pools) {
    pools_.push_back(begin(each));
  }
}

proxy::~proxy() {
  clients_.for_each([this](token name, client_side&) { clients_.erase(name); });
  servers_.for_each([this](token name, server_side&) { servers_.erase(name); });
}

std::expected<void, std::string> proxy::start(instant now) {
  std::string failures;
  for (const auto& pool : pools_) {
    const auto opened = open_listener(pool->config);
    if (opened) {
      pool->listener = *opened;
      listeners_.find(*opened)->pool = pool.get();
    } else {
      failures += opened.error();
    }
  }
  if (!failures.empty()) return std::unexpected(std::move(failures));
  connect_ahead(now);
  return {};
}

std::expected<token, std::string> proxy::open_listener(const pool_config& of) {
  const io::listen_options how = {.backlog = of.backlog,
                                  .reuse_port = of.reuseport || options_.reuse_port,
                                  .is_first = options_.is_first && !of.reuseport,
                                  .permissions = of.listen_permissions};
  const token name = listeners_.insert(std::make_unique<listening>());
  auto opened = world_.listen(of.listen, how, name);
  if (!opened) {
    listeners_.erase(name);
    return std::unexpected("pool \"" + of.name + "\": cannot listen on " + to_string(of.listen) +
                           ": " + opened.error().message() + "\n");
  }
  listening& made = *listeners_.find(name);
  made.asked = of.listen;
  made.door = std::move(*opened);
  counters_.total_connections.add();
  counters_.curr_connections.add();
  return name;
}

void proxy::close_listener(token name) {
  listeners_.erase(name);
  counters_.curr_connections.add(-1);
}

// One connection to each server of the pools that want it, where there is none yet; and when to
// look where names lead.
void proxy::connect_ahead(instant now) {
  for (const auto& pool : pools_) {
    if (pool->resolve_ttl > duration::zero() && !pool->resolve_at) {
      pool->resolve_at = now + pool->resolve_ttl;
    }
    wake_by(pool->resolve_at);
    if (!pool->config.preconnect) continue;
    for (std::uint32_t server = 0; server < pool->config.servers.size(); ++server) {
      token& lane = pool->lane(server, 0);
      if (servers_.find(lane) == nullptr) connect(*pool, server, lane, now);
    }
  }
}

void proxy::drain(instant now) {
  if (drains_from_) return;
  drains_from_ = now;
  last_accept_ = now;
  for (const auto& pool : pools_)
    dismiss_clients(*pool);
  close_listeners(now);
}

// Closing resets whoever waits to be accepted: not before nobody has come for a moment, or for so
// long that they come all the time.
void proxy::close_listeners(instant now) {
  if (!drains_from_ || listeners_.size() == 0) return;
  const instant at = std::min(last_accept_ + nobody_came, *drains_from_ + come_all_the_time);
  if (now < at) return wake_by(at);
  listeners_.for_each([this](token name, listening&) { close_listener(name); });
}

void proxy::on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) {
  const listening* const at = listeners_.find(listener);
  if (at == nullptr || at->pool == nullptr) return;
  running_pool& pool = *at->pool;
  last_accept_ = now;
  if (full(pool)) return turn_away(*peer, pool);
  session who = {.id = ++client_ids_,
                 .authenticated = pool.config.redis_auth.empty(),
                 .peer = peer->peer(),
                 .connected = since_1970(now)};
  const token name = clients_.insert(std::make_unique<client_side>(
      pool, std::move(peer), blocks_, splits_, pool.bounds, std::move(who)));
  client_side& client = *clients_.find(name);
  client.name = name;
  client.lane = pool.lane_for(name);
  client.io.name(name);
  if (pool.keep_alive) client.io.keep_alive(*pool.keep_alive);
  client.last_active = now;
  wake_by(client.idle_at());
  ++pool.clients;
  pool.counters.client_connections.add();
  counters_.total_connections.add();
  counters_.curr_connections.add();
  if (pool.draining) return take_last(client);
  client.io.watch(io::readiness::readable);
}

// As redis does (networking.c, acceptCommonHandler): says why, if that can be said at once.
void proxy::turn_away(io::socket& peer, running_pool& pool) {
  pool.counters.clients_refused.add();
  text_.clear();
  pool.speaks->refuse("max number of clients reached", text_);
  const io::const_buffer text = std::as_bytes(std::span(text_));
  std::ignore = peer.write({&text, 1});
}

bool proxy::full(const running_pool& pool) const {
  const auto of_pool = static_cast<std::size_t>(pool.config.client_connections);
  if (of_pool > 0 && pool.clients >= of_pool) return true;
  return options_.client_connections_max > 0 && clients_.size() >= options_.client_connections_max;
}

void proxy::on_ready(token who, io::readiness what, instant now) {
  if (names_server(who)) {
    server_side* const server = servers_.find(in_server_table(who));
    if (server != nullptr) return on_server_ready(*server, what, now);
  } else {
    client_side* const client = clients_.find(who);
    if (client != nullptr) return on_client_ready(*client, what, now);
  }
  counters_.stale_events.add();
}

server_side& proxy::connect(running_pool& pool, std::uint32_t server, token& lane, instant now) {
  lane = servers_.insert(std::make_unique<server_side>(
      pool, server, world_.connect(pool.config.servers[server].address), blocks_));
  server_side& opened = *servers_.find(lane);
  opened.name = lane;
  opened.attempted_at = now;
  follow(opened);
  opened.io.name(server_name(lane));
  opened.io.watch(io::readiness::writable);
  ++pool.connections;
  opened.counters().server_connections.add();
  counters_.total_connections.add();
  counters_.curr_connections.add();
  return opened;
}

// Its requests go on without it: their responses find nobody and are swallowed.
void proxy::close_client(client_side& client, std::error_code why) {
  running_pool& pool = *client.pool;
  (why ? pool.counters.client_err : pool.counters.client_eof).add();
  if (why) log_.client_closed(pool.config.name, client.io.peer(), why);
  pool.counters.requests_dropped.add(static_cast<std::int64_t>(client.talk.window().size()));
  --pool.clients;
  pool.held_bytes -= client.counted_bytes;
  pool.counters.client_connections.add(-1);
  counters_.curr_connections.add(-1);
  clients_.erase(client.name);
  if (pool.retired && pool.clients == 0) dismiss_servers(pool);
}

void proxy::close_server(server_side& server, loss how, std::string_view why, instant now) {
  close_server(server, how, {.told = why, .logged = why}, now);
}

void proxy::close_server(server_side& server, loss how, const reason& why, instant now) {
  running_pool& pool = *server.pool;
  server_counters& counts = server.counters();
  if (how == loss::end_of_stream) counts.server_eof.add();
  if (how == loss::error || how == loss::distrust || how == loss::own) counts.server_err.add();
  forget(server);
  const bool idle_close =
      how == loss::end_of_stream && server.talk.ready() && !server.talk.is_needed();
  if (!idle_close && how != loss::spare) {
    log_.server_closed(pool.config.name, pool.config.servers[server.server].name, why.logged);
  }
  if (server.is_probe) {
    on_probe_lost(server, now);
  } else if (!server.is_scout && is_failure(server, how)) {
    count_failure(server, why.logged, now);
  }
  let_go(server);
  std::optional<std::uint32_t> lane;
  const bool left = how == loss::end_of_stream || how == loss::error || how == loss::timeout;
  if (left && !pool.servers.is_out(server.server)) lane = pool.lane_of(server.server, server.name);
  settle_lost(*servers_.erase(server.name), lane, why.told, now);
}

// Whoever waits is told why. Only requests of which no byte was taken go on, in their order, over a
// new connection of the lane, if it is given (P5).
void proxy::settle_lost(server_side& lost,
                        std::optional<std::uint32_t> lane,
                        std::string_view why,
                        instant now) {
  running_pool& pool = *lost.pool;
  server_side* next = nullptr;
  answer never;
  for (;;) {
    if (lane && lost.talk.front_may_move()) {
      if (next == nullptr) next = &connect(pool, lost.server, pool.lane(lost.server, *lane), now);
      next->retiring = lost.retiring;
      lost.talk.move_front(next->talk);
    } else if (lost.talk.abandon(never, now)) {
      if (!never.note.empty()) keep_slow(pool, never, now);
      give_up(never, lost.server_name(), why);
    } else {
      break;
    }
  }
  // Deadlines may be being looked at, and this connection not be among those that are.
  if (next != nullptr) wake_by(next->talk.next_deadline(pool.timeout));
}

// It is about to be gone.
void proxy::forget(server_side& server) {
  --server.pool->connections;
  server.pool->held_bytes -= server.counted_bytes;
  server.counters().server_connections.add(-1);
  counters_.curr_connections.add(-1);
  if (server.left_lane) let_follow(server);
}

// A server is not well that refuses a connection or does not come to the end of its greeting, that
// leaves requests unanswered, or is too late. It may close a connection that nobody waits on; what
// it says that it should not say is no sign of ill health either.
bool proxy::is_failure(const server_side& server, loss how) {
  switch (how) {
    case loss::timeout:
      return true;
    case loss::end_of_stream:
    case loss::error:
      return !server.talk.ready() || server.talk.is_needed();
    case loss::distrust:
    case loss::spare:
    case loss::own:
      break;
  }
  return false;
}

void proxy::count_failure(server_side& server, std::string_view why, instant now) {
  running_pool& pool = *server.pool;
  if (server.retiring || !pool.servers.failed(server.server, now)) return;
  wake_by(pool.servers.next_probe());
  pool.counters.server_ejects.add();
  server.counters().server_ejected_at.set(since_1970(now).count());
  if (pool.retired) return;  // the counters are those of its successor, too
  server.counters().ejected.set(1);
  log_.server_ejected(pool.config.name, pool.config.servers[server.server].name, why,
                      pool.servers.retry_after());
}

duration proxy::since_1970(instant now) const {
  return now.time_since_epoch() + options_.clock_to_unix;
}

// What clients are told of a name that has no address (io/network.h) does not say so.
void proxy::lose_server(server_side& server, std::error_code why, instant now) {
  const std::string told = why.message();
  std::string logged = told;
  if (server.talk.connecting() && why.value() == EHOSTDOWN) {
    const std::string& host = server.pool->config.servers[server.server].address.host;
    logged += ": the name \"" + host + "\" could not be resolved";
  }
  const bool own =
      why == std::errc::too_many_files_open || why == std::errc::too_many_files_open_in_system;
  close_server(server, own ? loss::own : loss::error, {.told = told, .logged = logged}, now);
}

}  // namespace dovetail
