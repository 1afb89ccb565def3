// Whether two moments are alike. What is looked at is named by what it is for the scene (client 1,
// the second connection to server 0), never by slots, numbers of attempts or addresses.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "buffer/outbox.h"
#include "message/split_request.h"
#include "pool/health.h"
#include "proxy/forecast.h"
#include "proxy/pairing.h"
#include "proxy/sides.h"
#include "sim/model/client.h"
#include "sim/net/link.h"
#include "sim/world/hasher.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

void add_bytes(hasher& to, const outbox& from) {
  std::array<std::span<const std::byte>, 64> pieces;
  const std::size_t count = from.gather(pieces);
  to.add(from.size());
  for (std::size_t at = 0; at < count; ++at) {
    to.add(std::string_view(reinterpret_cast<const char*>(pieces[at].data()), pieces[at].size()));
  }
}

void add_time(hasher& to, std::optional<instant> when, instant now) {
  to.add(when && *when != instant::max() ? static_cast<std::uint64_t>((*when - now).count())
                                         : ~std::uint64_t{0});
}

void add_split(hasher& to, const split_request& of) {
  to.add(of.waiting);
  for (const split_request::part& each : of.parts) {
    to.add((each.answered ? 1U : 0U) + (each.failed ? 2U : 0U));
    to.add(each.reply.view());
  }
}

}  // namespace

fingerprint world::state() const {
  hasher all;
  add_links(all);
  add_proxy(all);
  add_clients(all);
  add_judge(all);
  for (const std::uint8_t each : budget_)
    all.add(each);
  all.add(faults_left_);
  all.add(probes_);
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    all.add((stalled_[server] ? 1U : 0U) + (unreachable_[server] ? 2U : 0U) +
            (emptied_[server] ? 4U : 0U));
  }
  // What a script has told them, before a search went on from there.
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    if (!scripted_[server].empty()) all.add(scripted_[server].size());
  }
  all.add((proxy_host_.sockets_max == 0 ? 1U : 0U) + (net_.in_turn() ? 2U : 0U));
  if (scene_.orders_count) all.add(judge_.order());
  return all.result();
}

// In the order of clients, then of servers and of attempts to reach them.
void world::add_links(hasher& to) const {
  for (std::uint32_t client = 0; client < scene_.clients.size(); ++client) {
    for (const auto& each : net_.links()) {
      const link_end& end = each->end(0);
      if (end.at == &client_host_ && end.who().slot == client) add_link(to, *each);
    }
  }
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    to.add(server);
    for (const auto& each : net_.links()) {
      const bool its = each->end(0).at == &proxy_host_ && each->to == server_address(server);
      if (its) add_link(to, *each);
    }
  }
}

void world::add_link(hasher& to, const link& at) const {
  to.add(std::to_underlying(at.is));
  to.add(at.waits_at != nullptr ? 1U : 0U);
  for (const link_end& end : at.ends) {
    to.add((end.open ? 1U : 0U) + (end.ended ? 2U : 0U) + (end.gone ? 4U : 0U) +
           (end.out.finished ? 8U : 0U) + (static_cast<unsigned>(end.watched) << 4) +
           (end.reading.stale << 8) + (end.writing.stale << 10) + (end.finishes ? 4096U : 0U) +
           (static_cast<unsigned>(net_.held_back(end)) << 13) +
           (net_.is_news(end) ? 1U << 16 : 0U));
    to.add((static_cast<std::uint64_t>(end.read_error.value()) << 32) +
           (static_cast<std::uint64_t>(end.write_error.value()) << 16) +
           static_cast<std::uint64_t>(end.said.value()));
    to.add(end.out.begun());
    to.add(end.out.pending());
  }
}

// Which of the scene's clients a name of the proxy's stands for.
std::uint64_t world::number_of(token name) const {
  for (const auto& each : net_.links()) {
    if (each->end(0).at == &client_host_ && each->end(1).open && each->end(1).who() == name) {
      return each->end(0).who().slot;
    }
  }
  return ~std::uint64_t{0};
}

// What the proxy has learned of the sizes of a client's replies decides nothing where the least
// that may be coming at once is more than the client ever asks for.
bool world::forecast_counts() const {
  if (scene_.limited()) return true;
  return std::ranges::any_of(judge_.clients(), [](const judge::client_record& each) {
    std::size_t responses = 0;
    for (const auto& of : each.requests)
      responses += of.parts.size();
    return responses >= scene::replies_at_first;
  });
}

void world::add_proxy(hasher& to) const {
  const instant now = net_.now();
  const bool forecast = forecast_counts();
  std::vector<std::pair<std::uint64_t, const client_side*>> clients;
  proxy_->for_each_client(
      [&](const client_side& each) { clients.emplace_back(number_of(each.name), &each); });
  std::ranges::sort(clients);
  to.add(static_cast<std::uint64_t>(config_.pools.front().server_connections));
  for (const auto& [number, side] : clients) {
    to.add(number);
    to.add(side->lane);
    to.add((side->paused ? 1U : 0U) + (side->peer_finished ? 2U : 0U) +
           (side->resumable ? 4U : 0U) + (side->talk.finishing() ? 8U : 0U) +
           (side->dirty ? 16U : 0U));
    add_time(to, side->linger_until, now);
    if (side->paused && side->kept_waiting) add_time(to, side->last_read, now);
    add_time(to, side->idle_at(), now);
    if (forecast) {
      const forecast::basis by = side->talk.coming().looks();
      to.add(by.guess);
      to.add((by.coming << 32) + (by.most << 1) + (by.known ? 1U : 0U));
    }
    to.add(side->talk.input().unread());
    add_bytes(to, side->talk.output());
    side->talk.window().for_each(
        [&](bool settled, std::string_view reply, const split_request* split) {
          to.add(settled ? 1U : 0U);
          to.add(reply);
          if (split != nullptr) add_split(to, *split);
        });
  }
  std::vector<std::pair<std::pair<std::uint32_t, std::uint64_t>, const server_side*>> servers;
  proxy_->for_each_server([&](const server_side& each) {
    std::uint64_t attempt = 0;
    for (const auto& at : net_.links()) {
      if (at->end(0).at == &proxy_host_ && at->end(0).who() == server_name(each.name))
        attempt = at->id;
    }
    servers.emplace_back(std::pair(each.server, attempt), &each);
  });
  std::ranges::sort(servers);
  for (const auto& [place, side] : servers) {
    to.add(place.first);
    to.add((side->talk.connecting() ? 1U : 0U) + (side->talk.ready() ? 2U : 0U) +
           (side->dirty ? 4U : 0U) + (side->is_probe ? 8U : 0U) + (side->retiring ? 16U : 0U));
    // Of the deadlines that passed in a row it is enough that they are fewer than end a connection.
    add_time(to, side->talk.next_deadline(side->pool->timeout), now);
    to.add(side->held.size());
    to.add(side->talk.input().unread());
    add_bytes(to, side->talk.unwritten());
    add_bytes(to, side->talk.greeting());
    const awaiting& owed = side->talk.owed();
    to.add((owed.size() << 20) + (owed.written() << 10) + owed.abandoned());
    for (std::size_t at = 0; at < owed.size(); ++at) {
      const awaited& each = owed[at];
      const auto whose = std::ranges::find_if(clients, [&](const auto& one) {
        return each.owner.client && one.second->name == each.owner.client;
      });
      to.add((each.size << 1) + (each.moved ? 1U : 0U));
      add_time(to, each.deadline, now);
      if (whose == clients.end()) {
        to.add(each.owner.client ? 1U : 0U);
      } else {
        to.add(whose->first + 2);
        if (at < owed.abandoned()) continue;  // its place in the window is settled
        to.add(each.owner.sequence - whose->second->talk.window().first());
        to.add(each.owner.part);
      }
    }
  }
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    const health& its = proxy_->servers(0).health_of(server);
    to.add((static_cast<std::uint64_t>(its.failures()) << 1) + (its.live() ? 1U : 0U));
    add_time(to, its.probe_due(), now);
  }
  const bool wakes = scene_.timeout > duration::zero() || scene_.eject_after > 0 ||
                     scene_.client_idle_timeout > duration::zero();
  if (wakes) add_time(to, proxy_->wake(), now);
}

void world::add_clients(hasher& to) const {
  for (std::uint32_t number = 0; number < clients_->size(); ++number) {
    const client& each = clients_->at(number);
    const client_position at = each.position();
    to.add((std::uint64_t{at.phase} << 2) + (at.reads ? 1U : 0U) + (at.finished ? 2U : 0U));
    to.add(at.written);
    to.add(at.received);
    to.add(at.unwritten);
    to.add(at.unanswered);
    to.add(at.answered);
    add_time(to, at.wake, net_.now());
    to.add(each.unread());
  }
}

// What later verdicts depend on.
void world::add_judge(hasher& to) const {
  for (const judge::client_record& by : judge_.clients()) {
    to.add((by.connected ? 1U : 0U) + (by.over ? 2U : 0U) + (by.refused ? 4096U : 0U) +
           (by.deaf ? 8192U : 0U) + (by.was_deaf ? 16384U : 0U) +
           (by.wrong ? 4U + (static_cast<unsigned>(*by.wrong) << 4) : 0U));
    for (const judge::request_record& of : by.requests) {
      to.add((of.replied ? 1U : 0U) + (of.without << 1));
      for (const judge::part_record& part : of.parts) {
        to.add((part.link != 0 ? 1U : 0U) + (part.served ? 2U : 0U) +
               (part.wrong ? 4U + (static_cast<unsigned>(*part.wrong) << 4) : 0U));
        if (of.replied || !part.served) continue;
        to.add((std::uint64_t{part.connection} << 32) + part.arrival);
      }
    }
  }
  judge_.add_to(to);
}

}  // namespace dovetail::sim
