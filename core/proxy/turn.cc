// The end of a turn: deadlines, waiting clients, and one write for each connection that has
// something to say.

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"

namespace dovetail {
namespace {

constexpr duration trim_interval = std::chrono::seconds(1);
constexpr std::size_t much_bytes = 1U << 20;

}  // namespace

std::optional<instant> proxy::on_turn_end(instant now) {
  if (wake_ && now >= *wake_) expire(now);
  resume_clients(now);
  flush_servers(now);
  flush_clients(now);
  if (!retired_.empty()) bury();
  if (blocks_.kept_bytes() > options_.kept_bytes_max) trim(now);
  return resumable_clients_.empty() && dirty_servers_.empty() ? wake_ : now;
}

// Looks at every deadline; happens about once a time-out, since requests only ever put wake_
// earlier and answers leave it where it is.
void proxy::expire(instant now) {
  wake_.reset();
  servers_.for_each([=, this](token, server_side& server) { expire(server, now); });
  for (const auto& pool : pools_) {
    probe_servers(*pool, now);
    resolve_again(*pool, now);
  }
  clients_.for_each([=, this](token, client_side& client) { expire(client, now); });
  close_listeners(now);
}

void proxy::expire(server_side& server, instant now) {
  running_pool& pool = *server.pool;
  bool late = false;
  while (const auto owner = server.talk.expire(now)) {
    late = true;
    client_side* const client = find(*owner);
    if (client == nullptr) continue;
    client->kept_waiting = true;
    fail(*client, *owner, server.server_name(), "Connection timed out");
  }
  if (late) server.counters().server_timedout.add();
  if (server.talk.given_up(now, pool.timeout) || (late && server.is_probe)) {
    return close_server(server, loss::timeout, "Connection timed out", now);
  }
  if (late) count_failure(server, "Connection timed out", now);
  wake_by(server.talk.next_deadline(pool.timeout));
}

void proxy::expire(client_side& client, instant now) {
  if (client.linger_until && now >= *client.linger_until) return close_client(client, {});
  wake_by(client.linger_until);
  const auto idle_at = client.idle_at();
  if (!idle_at || now < *idle_at) return wake_by(idle_at);
  client.talk.finish();
  mark_dirty(client);
}

void proxy::wake_by(std::optional<instant> when) {
  if (when && (!wake_ || *when < *wake_)) wake_ = when;
}

// Clients that waited and need not any more. Each is served once a turn.
void proxy::resume_clients(instant now) {
  for (const token name : std::exchange(resumable_clients_, {})) {
    client_side* const client = clients_.find(name);
    if (client == nullptr) continue;
    client->resumable = false;
    count_held(*client);
    if (client->paused && client->may_take(now)) serve(*client, now);
  }
}

void proxy::flush_servers(instant now) {
  for (std::size_t at = 0; at < dirty_servers_.size(); ++at) {
    server_side* const server = servers_.find(dirty_servers_[at]);
    if (server != nullptr) flush(*server, now);
  }
  dirty_servers_.clear();
}

void proxy::flush_clients(instant now) {
  for (std::size_t at = 0; at < dirty_clients_.size(); ++at) {
    client_side* const client = clients_.find(dirty_clients_[at]);
    if (client != nullptr) flush(*client, now);
  }
  dirty_clients_.clear();
}

void proxy::flush(server_side& server, instant now) {
  server.dirty = false;
  if (server.talk.connecting() || servers_.find(server.after) != nullptr) {
    return count_held(server);
  }
  const auto taken = server.io.flush(server.talk.output());
  if (!taken) return hear_out(server, taken.error(), now);
  server.talk.wrote(*taken, now);
  count_held(server);
  if (server.talk.unwritten_bytes() <= server.pool->queue_bytes_allowed() / 2) let_go(server);
}

void proxy::flush(client_side& client, instant now) {
  client.dirty = false;
  const auto taken = client.io.flush(client.talk.output());
  if (!taken) return close_client(client, taken.error());
  if (*taken > 0) client.last_active = now;
  count_held(client);
  wake_by(client.idle_at());
  if (client.paused && client.may_take(now)) resume(client);
  if (client.talk.done()) end(client, now);
}

// Every reply is written. A peer that is still sending is read to its end of stream.
void proxy::end(client_side& client, instant now) {
  if (client.peer_finished) return close_client(client, {});
  if (client.linger_until) return;
  client.io.finish();
  client.linger_until = now + options_.linger;
  wake_by(client.linger_until);
  client.io.watch(io::readiness::readable);
}

// The clients that waited for this server need not any more.
void proxy::let_go(server_side& server) {
  for (const token name : std::exchange(server.held, {})) {
    client_side* const client = clients_.find(name);
    if (client == nullptr) continue;
    client->talk.release();
    if (client->paused) resume(*client);
  }
}

// What nobody needed for a second goes back to the system.
void proxy::trim(instant now) {
  if (trim_at_ && now >= *trim_at_) {
    const std::size_t held = blocks_.held_bytes();
    blocks_.trim();
    servers_.for_each([](token, server_side& server) { server.talk.shrink(); });
    clients_.for_each([](token, client_side& client) { client.talk.window().shrink(); });
    trim_at_.reset();
    if (options_.after_trim && held - blocks_.held_bytes() >= much_bytes) options_.after_trim();
  }
  if (blocks_.kept_bytes() <= options_.kept_bytes_max) return;
  if (!trim_at_) trim_at_ = now + trim_interval;
  wake_by(trim_at_);
}

void proxy::mark_dirty(client_side& client) {
  if (std::exchange(client.dirty, true)) return;
  dirty_clients_.push_back(client.name);
}

void proxy::mark_dirty(server_side& server) {
  if (std::exchange(server.dirty, true)) return;
  dirty_servers_.push_back(server.name);
}

// In this turn if its end has not come yet, in the next one otherwise.
void proxy::resume(client_side& client) {
  if (std::exchange(client.resumable, true)) return;
  resumable_clients_.push_back(client.name);
}

}  // namespace dovetail
