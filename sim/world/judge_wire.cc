// What servers are asked, as the bytes on the wires tell.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "sim/net/framing.h"
#include "sim/net/link.h"
#include "sim/world/asked.h"
#include "sim/world/hasher.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

judge::wire& judge::wire_of(const link& at) {
  const auto known = std::ranges::find(lines_out_, at.id, &wire::link);
  if (known != lines_out_.end()) return *known;
  wire fresh;
  fresh.link = at.id;
  fresh.server = static_cast<std::uint32_t>(std::stoul(at.to.host.substr(1)));
  fresh.last_of_client.resize(clients_.size(), -1);
  return lines_out_.emplace_back(std::move(fresh));
}

void judge::on_written(const link& at, int side, std::string_view bytes) {
  if (side == 1 && is_turned_away(at)) return judge_refusal(bytes);
  if (side == 1 && at.to == proxy_address()) clients_[at.end(0).who().slot].told += bytes.size();
  if (!at.to.host.starts_with('s')) return;
  wire& on = wire_of(at);
  if (side == 1) {
    on.said += bytes.size();
    return;
  }
  on.begun.append(bytes);
  judge_reuse(at);
  const auto size_of = scene_->redis ? redis_message_size : memcache_request_size;
  bool whole = false;
  while (const std::size_t size = on.begun.empty() ? 0 : size_of(on.begun)) {
    forwarded(on, std::string_view(on.begun).substr(0, size));
    on.begun.erase(0, size);
    whole = true;
  }
  // What it said too much may be taken for the reply to this: to a request that has only begun
  // where that is an error.
  for (server_line& each : lines_) {
    const bool taken = each.surplus_error || (each.surplus && whole);
    if (taken && link_of(each.server, each.connection) == at.id) each.shifted = true;
  }
}

void judge::on_written_to_nobody(const link& at, int side) {
  if (side != 0 || !at.to.host.starts_with('s')) return;
  wire_of(at).wasted = true;
  judge_reuse(at);
}

void judge::judge_reuse(const link& at) {
  if (!at.end(0).ended && !at.end(0).said) return;
  fail(oracle::no_reuse_after_desync,
       "a server was written to although its end of stream or an error had been read");
}

void judge::forwarded(wire& on, std::string_view request) {
  const auto whose = find_tag(request);
  if (whose) {
    on.greeted = true;
    if (scene_->password && !on.accepted) {
      return fail(oracle::well_formed_forwarding,
                  "was sent before the server had accepted the password: " +
                      std::string(request.substr(0, 100)));
    }
    return forwarded_part(on, *whose, request);
  }
  if (part_record* const its = find_exact(on.server, request, false)) {
    its->link = on.link;
    return;
  }
  if (is_probe(request)) return judge_probe(on);
  if (scene_->password && !on.greeted && request.find("AUTH") != std::string_view::npos) return;
  fail(oracle::well_formed_forwarding,
       "server " + std::to_string(on.server) +
           " was sent what no client asked: " + std::string(request.substr(0, 100)));
}

// The first that is to be this word for word, carries no key, and was not forwarded yet; or was,
// and not served yet.
judge::part_record* judge::find_exact(std::uint32_t server, std::string_view bytes, bool is_there) {
  if (scene_->exact.empty()) return nullptr;
  for (client_record& by : clients_) {
    for (request_record& of : by.requests) {
      for (std::size_t at = 0; at < of.parts.size(); ++at) {
        const asked_part& asked = of.what.parts[at];
        part_record& its = of.parts[at];
        const bool fits = asked.server == server && asked.wire == bytes && asked.keys.empty();
        if (fits && !its.served && (its.link != 0) == is_there) return &its;
      }
    }
  }
  return nullptr;
}

const std::string* judge::answer_to(std::uint32_t server, std::string_view request) const {
  if (scene_->exact.empty()) return nullptr;
  for (const client_record& by : clients_) {
    for (const request_record& of : by.requests) {
      for (std::size_t part = 0; part < of.parts.size(); ++part) {
        const asked_part& its = of.what.parts[part];
        const bool fits = its.server == server && its.wire == request && !its.answer.empty();
        if (fits && !of.parts[part].served) return &its.answer;
      }
    }
  }
  return nullptr;
}

judge::request_record* judge::find(const tag& whose) {
  if (whose.client >= clients_.size()) return nullptr;
  auto& requests = clients_[whose.client].requests;
  return whose.request < requests.size() ? &requests[whose.request] : nullptr;
}

void judge::forwarded_part(wire& on, const tag& whose, std::string_view request) {
  request_record* const of = find(whose);
  const std::string text(request.substr(0, 100));
  if (of == nullptr) return fail(oracle::well_formed_forwarding, "nobody asked for " + text);
  divide_for(*of, on.server, request);
  const auto part = std::ranges::find_if(of->what.parts, [&](const asked_part& each) {
    const bool its_copy = !of->what.to_all || each.server == on.server;
    return its_copy && std::ranges::find(each.keys, whose.key) != each.keys.end();
  });
  if (part == of->what.parts.end()) {
    return fail(oracle::well_formed_forwarding, "was not to be forwarded: " + text);
  }
  if (part->server != on.server) {
    return fail(oracle::routing, "went to server " + std::to_string(on.server) + ", belongs to " +
                                     std::to_string(part->server) + ": " + text);
  }
  if (part->wire != request) {
    return fail(oracle::well_formed_forwarding,
                "was sent as " + text + " instead of " + part->wire);
  }
  judge_live_traffic(on, *of, request);
  part_record& its = of->parts[static_cast<std::size_t>(part - of->what.parts.begin())];
  if (its.link != 0) return fail(oracle::at_most_once, "was sent twice: " + text);
  for (const wire& other : lines_out_) {
    if (&other == &on) continue;
    const bool another_copy = of->what.to_all && other.server != on.server;
    if (!another_copy && find_tag(other.begun) == whose) {
      return fail(oracle::at_most_once, "was begun on another connection before: " + text);
    }
    // Two connections are two queues: what a client asked later could be served before.
    if (other.server == on.server && !other.gone && other.last_of_client[whose.client] >= 0) {
      return fail(oracle::forward_order,
                  "left the connection that its client's requests go over: " + text);
    }
  }
  its.link = on.link;
  auto& last = on.last_of_client[whose.client];
  if (std::int64_t{whose.request} < last) {
    return fail(oracle::forward_order, "was overtaken by a later request: " + text);
  }
  last = whose.request;
  order_ = (order_ ^ (whose.client * 1000003ULL + whose.request * 1009ULL + whose.key * 31ULL +
                      on.server + 1)) *
           0x9e3779b97f4a7c15ULL;
}

void judge::on_gone(const link& at) {
  if (!at.to.host.starts_with('s')) return;
  wire& on = wire_of(at);
  on.gone = true;
  judge_attempts(on.server);
  on_probe_gone(at);
  ledger_.close_link(at.id, now());
}

// A connection is made for a lane at the start, for a request that finds none, and for one that
// moves, which each does once. A few more may be: by a reload, and by the probes in the end.
void judge::judge_attempts(std::uint32_t server) {
  if (scene_->eject_after > 0) return;
  std::size_t most = scene_->lanes + 4;
  for (const client_record& by : clients_) {
    for (const request_record& of : by.requests) {
      if (of.sent == no_event) continue;
      most += 2 * static_cast<std::size_t>(
                      std::ranges::count(of.what.parts, server, &asked_part::server));
    }
  }
  const auto gone = std::ranges::count_if(
      lines_out_, [=](const wire& each) { return each.server == server && each.gone; });
  if (static_cast<std::size_t>(gone) <= most) return;
  fail(oracle::at_most_once, "one connection after the other is made for the same requests");
}

void judge::add_to(hasher& to) const {
  for (const wire& each : lines_out_) {
    if (each.gone && each.begun.empty()) continue;
    to.add(each.server + (each.gone ? 100U : 0U) + (each.greeted ? 1000U : 0U) +
           (each.wasted ? 10000U : 0U));
    to.add(each.begun);
    if (each.gone) continue;
    for (const std::int64_t last : each.last_of_client)
      to.add(static_cast<std::uint64_t>(last));
  }
  for (const server_line& each : lines_) {
    to.add((std::uint64_t{each.server} << 32) + each.connection);
    to.add(each.bad_from ? *each.bad_from + 1 : 0);
    to.add((each.shifted ? 1U : 0U) + (each.surplus ? 2U : 0U) + (each.surplus_error ? 4U : 0U));
  }
  for (const client_record& by : clients_) {
    bool late = false;
    for (const request_record& of : by.requests) {
      late = late || of.failed_late;
      if (late && !of.replied && !by.over) to.add(of.end);
      for (const part_record& each : of.parts) {
        if (each.served && !of.replied && !by.over) to.add(was_said(each) ? 1U : 0U);
      }
    }
  }
  add_waiting(to);
  add_standings(to);
  for (const ledger_entry& each : ledger_.entries()) {
    to.add((static_cast<std::uint64_t>(each.what) << 8) + each.server.value_or(99));
    to.add(each.until == no_event ? 1U : 0U);
    add_excused(to, each);
  }
}

// Which of those who wait it may be a reason for, now that it is over.
void judge::add_excused(hasher& to, const ledger_entry& by) const {
  if (by.until == no_event) return;
  for (const client_record& each : clients_) {
    for (const request_record& of : each.requests) {
      if (of.sent != no_event && !of.replied) to.add(by.until >= of.sent ? 1U : 0U);
    }
  }
}

// How long whoever waits has waited, and which deadlines may have come.
void judge::add_waiting(hasher& to) const {
  if (scene_->timeout == duration::zero()) return;
  for (const client_record& by : clients_) {
    for (const request_record& of : by.requests) {
      if (by.written < of.end) continue;
      const auto since = wires_->now() - of.whole_at;
      to.add(since < scene_->timeout ? 0U : since < scene_->timeout * 2 ? 1U : 2U);
      if (!of.replied)
        to.add(static_cast<std::uint64_t>((since - (lost_ - of.lost_before)).count()));
    }
  }
}

// Whether a whole request was sent on the connection that is not served, `now` not counted.
bool judge::is_waited_on(const wire& on, std::string_view now) const {
  const auto serving = find_tag(now);
  for (std::uint32_t client = 0; client < clients_.size(); ++client) {
    const auto& requests = clients_[client].requests;
    for (std::uint32_t request = 0; request < requests.size(); ++request) {
      if (serving && serving->client == client && serving->request == request) continue;
      for (const part_record& each : requests[request].parts) {
        if (each.link == on.link && !each.served) return true;
      }
    }
  }
  return false;
}

// A client's requests reach a server in their order, over whichever connections they go. What is
// still under way on a connection that the proxy has given up may come at any time.
void judge::judge_service(const tag& whose, const served& what) {
  const link* const over = wires_->find(link_of(what.server, what.connection));
  if (over == nullptr || !over->end(0).open) return;
  const auto& requests = clients_[whose.client].requests;
  for (std::uint32_t later = whose.request + 1; later < requests.size(); ++later) {
    for (std::size_t at = 0; at < requests[later].parts.size(); ++at) {
      if (requests[later].what.parts[at].server == what.server &&
          requests[later].parts[at].served) {
        return fail(oracle::forward_order, "reached its server behind a later request: " +
                                               std::string(what.request.substr(0, 100)));
      }
    }
  }
}

judge::server_line& judge::line(std::uint32_t server, std::uint32_t connection) {
  for (server_line& each : lines_) {
    if (each.server == server && each.connection == connection) return each;
  }
  return lines_.emplace_back(
      server_line{.server = server, .connection = connection, .bad_from = {}});
}

// 0 when it is gone.
std::uint32_t judge::link_of(std::uint32_t server, std::uint32_t connection) const {
  const std::string host = "s" + std::to_string(server);
  for (const auto& each : wires_->links()) {
    if (each->to.host == host && each->accepted == connection + 1) return each->id;
  }
  return 0;
}

void judge::on_served(const served& what) {
  const std::uint32_t over = link_of(what.server, what.connection);
  if (what.wrong) {
    on_fault({.what = *what.wrong,
              .server = what.server,
              .link = over,
              .from = now(),
              .own = what.wrong == fault::error_reply && find_tag(what.request)});
    server_line& its = line(what.server, what.connection);
    const bool nonsense = what.wrong == fault::wrong_type || what.wrong == fault::wrong_key ||
                          what.wrong == fault::truncation || what.wrong == fault::surplus ||
                          what.wrong == fault::garbage;
    if (nonsense && !its.bad_from) its.bad_from = what.arrival;
    if (what.wrong == fault::surplus) {
      its.surplus = true;
      its.surplus_error = its.surplus_error || is_error(what.reply, scene_->redis);
    }
    const bool others = std::ranges::any_of(lines_out_, [&](const wire& each) {
      return each.link == over &&
             (is_waited_on(each, what.request) || (its.surplus_error && !each.begun.empty()));
    });
    if (what.wrong == fault::omission || (its.surplus && others)) its.shifted = true;
  }
  std::uint64_t reply_end = 0;
  if (const link* const at = wires_->find(over)) {
    wire& on = wire_of(*at);
    on.made += what.reply.size();
    reply_end = on.made;
  }
  const auto take = [&](part_record& its) {
    if (its.served) {
      fail(oracle::linearizability,
           "was served twice: " + std::string(what.request.substr(0, 100)));
    }
    its.served = true;
    its.connection = what.connection;
    its.arrival = what.arrival;
    its.wrong = what.wrong;
    its.reply = what.reply;
    its.reply_end = reply_end;
  };
  const auto whose = find_tag(what.request);
  if (!whose) {
    const bool accepted = !what.wrong || what.wrong == fault::surplus;
    if (accepted && what.request.contains("AUTH")) {
      for (wire& each : lines_out_)
        each.accepted = each.accepted || each.link == over;
    }
    if (part_record* const its = find_exact(what.server, what.request, true)) take(*its);
    if (is_probe(what.request)) on_probe_served(what);
    return;
  }
  request_record* const of = find(*whose);
  if (of == nullptr) return;
  judge_service(*whose, what);
  for (std::size_t at = 0; at < of->parts.size(); ++at) {
    const asked_part& part = of->what.parts[at];
    const bool its_copy = !of->what.to_all || part.server == what.server;
    const auto& keys = part.keys;
    if (its_copy && std::ranges::find(keys, whose->key) != keys.end()) take(of->parts[at]);
  }
}

}  // namespace dovetail::sim
