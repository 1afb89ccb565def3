// From a request to the outboxes of the servers that own its keys.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "message/request.h"
#include "message/split_request.h"
#include "protocol/protocol.h"
#include "proxy/pairing.h"
#include "proxy/proxy.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"

namespace dovetail {

void proxy::forward(client_side& client, const request& asked, instant now) {
  running_pool& pool = *client.pool;
  if (asked.reply_wanted && client.is_overdue(now)) {
    return refuse(client, asked, "Connection timed out");
  }
  if (const server_range all = pool.speaks->audience(asked); !all.empty()) {
    return forward_to(client, asked, all, now);
  }
  if (!place_keys(pool, asked)) return refuse(client, asked, "Connection refused");

  const std::uint32_t first = server_of_key_.front();
  const bool together = std::ranges::all_of(server_of_key_, [=](auto at) { return at == first; });
  const bool divided = !together && pool.speaks->splits(asked);
  if (!together && !divided && pool.config.on_cross_slot == cross_slot_kind::error) {
    return reply(client, asked, pool.speaks->crossing_refusal());
  }
  if (divided) return forward_split(client, asked, now);
  if (pool.servers.is_out(first)) return refuse(client, asked, "Connection refused");
  forward_whole(client, asked, first, now);
}

// Finds the server of each key; false when there is none, for every server is out.
bool proxy::place_keys(running_pool& pool, const request& asked) {
  server_of_key_.clear();
  const auto place = [&](std::string_view key) {
    const auto server = pool.servers.server_for(key);
    if (server) server_of_key_.push_back(*server);
    return server.has_value();
  };
  if (asked.keys.empty()) return place(keyless_key);
  if (!asked.meant.empty()) return place(asked.meant);
  return std::ranges::all_of(asked.keys, [&](extent key) { return place(asked.text(key)); });
}

void proxy::forward_whole(client_side& client,
                          const request& what,
                          std::uint32_t server,
                          instant now) {
  ticket owner;
  if (what.reply_wanted) {
    owner = {.client = client.name, .sequence = client.talk.open()};
  } else {
    client.pool->counters.requests_silent.add();
  }
  const auto deadline = client.pool->deadline_from(now);
  server_side& to = lane_of(client, server, now);
  to.talk.ask(what, owner, now, deadline);
  asked(client, to, deadline);
}

// A copy to each of these servers.
void proxy::forward_to(client_side& client,
                       const request& what,
                       const server_range& all,
                       instant now) {
  auto plan = splits_.get();
  for (std::uint32_t server = all.first; server < all.end; ++server)
    plan->servers.push_back(server);
  forward_parts(client, what, std::move(plan), now);
}

void proxy::forward_split(client_side& client, const request& what, instant now) {
  auto plan = splits_.get();
  for (const std::uint32_t server : server_of_key_) {
    const auto known = std::ranges::find(plan->servers, server);
    plan->part_of_key.push_back(static_cast<std::uint32_t>(known - plan->servers.begin()));
    if (known == plan->servers.end()) plan->servers.push_back(server);
  }
  forward_parts(client, what, std::move(plan), now);
}

// Where one server is out and its keys cannot fail alone, the reply is an error: nobody is asked.
void proxy::forward_parts(client_side& client,
                          const request& what,
                          std::unique_ptr<split_request> plan,
                          instant now) {
  running_pool& pool = *client.pool;
  const auto parts = static_cast<std::uint32_t>(plan->servers.size());
  plan->servers_in_pool = static_cast<std::uint32_t>(pool.config.servers.size());
  plan->parts.resize(parts);
  plan->waiting = parts;
  pool.speaks->plan_join(what, *plan);
  plan->by_key = pool.config.on_partial_failure == partial_failure_kind::per_key &&
                 pool.speaks->fails_by_key(what);
  const auto is_out = [&](std::uint32_t server) { return pool.servers.is_out(server); };
  const auto out = std::ranges::find_if(plan->servers, is_out);
  if (out != plan->servers.end() && !plan->by_key) {
    const std::string_view name = pool.config.servers[*out].name;
    splits_.put(std::move(plan));
    return refuse(client, what, failure_of(name, "Connection refused"));
  }
  pool.counters.fragments.add(parts);

  split_request& its = *plan;
  ticket owner;
  if (what.reply_wanted) {
    owner = {.client = client.name, .sequence = client.talk.open(std::move(plan))};
  } else {
    pool.counters.requests_silent.add();
  }
  const auto deadline = pool.deadline_from(now);
  for (owner.part = 0; owner.part < parts; ++owner.part) {
    const std::uint32_t server = its.servers[owner.part];
    if (is_out(server)) {
      give_up({.owner = owner, .reply = {}}, pool.config.servers[server].name,
              "Connection refused");
      continue;
    }
    server_side& to = lane_of(client, server, now);
    ask_part(to, what, its, owner, now, deadline);
    asked(client, to, deadline);
  }
}

void proxy::ask_part(server_side& server,
                     const request& what,
                     const split_request& plan,
                     const ticket& owner,
                     instant now,
                     std::optional<instant> deadline) {
  if (plan.part_of_key.empty()) return server.talk.ask(what, owner, now, deadline);
  keys_of_part_.clear();
  for (std::uint32_t key = 0; key < plan.part_of_key.size(); ++key) {
    if (plan.part_of_key[key] == owner.part) keys_of_part_.push_back(key);
  }
  server.talk.ask_part(what, keys_of_part_, owner, now, deadline);
}

// The connection that this client's requests to `server` take, opened if it must be.
server_side& proxy::lane_of(client_side& client, std::uint32_t server, instant now) {
  token& lane = client.pool->lane(server, client.lane);
  server_side* const open = servers_.find(lane);
  return open != nullptr ? *open : connect(*client.pool, server, lane, now);
}

// After asking: the server has something to say, and the client waits if that is too much.
void proxy::asked(client_side& client, server_side& server, std::optional<instant> deadline) {
  mark_dirty(server);
  wake_by(deadline);
  if (server.talk.unwritten_bytes() > server.pool->queue_bytes_allowed()) {
    server.held.push_back(client.name);
    client.talk.hold();
  }
}

void proxy::refuse(client_side& client, const request& asked, std::string_view why) {
  text_.clear();
  client.pool->speaks->refuse(why, text_);
  client.pool->counters.forward_error.add();
  reply(client, asked, text_);
}

}  // namespace dovetail
