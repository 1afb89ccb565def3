// From a server's bytes to the reply windows of the clients it answers.

#include <chrono>
#include <string>
#include <system_error>

#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"
#include "message/split_request.h"
#include "proxy/pairing.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/server_connection.h"
#include "proxy/sides.h"
#include "stats/counters.h"

namespace dovetail {

void proxy::on_server_ready(server_side& server, io::readiness what, instant now) {
  if (server.talk.connecting()) return greet(server, now);
  if (io::can_write(what)) mark_dirty(server);
  if (!io::can_read(what)) return;

  const auto filled = server.io.fill(server.talk.input());
  if (!filled) return lose_server(server, filled.error(), now);
  if (*filled == connection::filled::end) {
    return close_server(server, loss::end_of_stream, "Server closed the connection", now);
  }
  if (*filled == connection::filled::some) server.talk.heard(now);
  relay(server, now);
}

// The connection is lost, as a write has told; what the server said before that still counts.
void proxy::hear_out(server_side& server, std::error_code why, instant now) {
  const token name = server.name;
  for (;;) {
    const auto filled = server.io.fill(server.talk.input());
    if (!filled || *filled != connection::filled::some) return lose_server(server, why, now);
    server.talk.heard(now);
    relay(server, now);
    if (servers_.find(name) == nullptr) return;
  }
}

// The attempt to connect has ended.
void proxy::greet(server_side& server, instant now) {
  if (const std::error_code why = server.io.connected()) return lose_server(server, why, now);
  if (server.pool->keep_alive) server.io.keep_alive(*server.pool->keep_alive);
  server.talk.connected();
  server.counters().connect.add((now - server.attempted_at).count());
  server.io.watch(io::readiness::readable);
  mark_dirty(server);
  if (server.is_scout && server.talk.ready()) on_scout_connected(server, now);
}

void proxy::relay(server_side& server, instant now) {
  running_pool& pool = *server.pool;
  server_counters& counts = server.counters();
  answer came;
  bool answered = false;
  for (;;) {
    switch (server.talk.next(came)) {
      case server_connection::outcome::answered:
        answered = true;
        (deliver(came) ? counts.delivered : counts.swallowed).add();
        if (came.late) counts.absorbed.add();
        if (!came.note.empty()) keep_slow(pool, came, now);
        came.reply = slice();
        if (server.is_probe) return on_probe_answered(server, !came.failed, now);
        break;
      case server_connection::outcome::greeted:
        mark_dirty(server);
        if (server.is_scout) return on_scout_connected(server, now);
        break;
      case server_connection::outcome::nothing:
        if (answered) pool.servers.answered(server.server);
        if (server.retiring && server.talk.idle()) return put_away(server);
        count_held(server);
        return server.io.watch(io::readiness::readable);
      case server_connection::outcome::doubtful:
        pool.counters.doubtful_responses.add();
        log_.response_doubted(pool.config.name, pool.config.servers[server.server].name);
        [[fallthrough]];
      case server_connection::outcome::refused: {
        const std::string why(server.talk.why());
        return close_server(server, loss::distrust, why, now);
      }
    }
  }
}

// Null when that client is gone, or nobody wanted the reply.
client_side* proxy::find(const ticket& owner) {
  return owner.client ? clients_.find(owner.client) : nullptr;
}

// False when nobody waits for it any more, or ever did.
bool proxy::deliver(const answer& came) {
  client_side* const client = find(came.owner);
  if (client == nullptr) return false;
  if (came.failed) {
    client->talk.coming().gone();
  } else {
    client->talk.coming().came(came.reply.size());
  }
  if (came.late) {
    if (client->paused) resume(*client);
  } else {
    settle(*client, came.owner, came.reply, came.failed);
  }
  return !came.late;
}

void proxy::keep_slow(running_pool& pool, const answer& came, instant now) {
  const client_side* const client = find(came.owner);
  pool.slow->add({.unix_time_s = std::chrono::floor<std::chrono::seconds>(since_1970(now)).count(),
                  .took_us = came.took.count(),
                  .note = came.note,
                  .client = std::string(client != nullptr ? client->io.peer() : ""),
                  .client_name = client != nullptr ? client->talk.who().name : ""});
}

// The answer will never come.
void proxy::give_up(const answer& lost, std::string_view server, std::string_view why) {
  client_side* const client = find(lost.owner);
  if (client == nullptr) return;
  client->talk.coming().gone();
  if (!lost.late) return fail(*client, lost.owner, server, why);
  if (client->paused) resume(*client);
}

// Who asked several servers is told which one it was.
void proxy::fail(client_side& client,
                 const ticket& owner,
                 std::string_view server,
                 std::string_view why) {
  std::string text;
  const bool split = client.talk.window().split_of(owner.sequence) != nullptr;
  client.pool->speaks->refuse(split ? failure_of(server, why) : std::string(why), text);
  client.pool->counters.forward_error.add();
  settle(client, owner, std::string_view(text), true);
}

template <class Bytes>
void proxy::settle(client_side& client, const ticket& owner, const Bytes& reply, bool failed) {
  client.talk.window().settle(owner.sequence, owner.part, reply, failed);
  mark_dirty(client);
  if (client.paused) resume(client);
}

}  // namespace dovetail
