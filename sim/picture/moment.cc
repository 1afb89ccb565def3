#include "sim/picture/moment.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/token.h"
#include "buffer/outbox.h"
#include "message/split_request.h"
#include "proxy/pairing.h"
#include "proxy/sides.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/picture/frame.h"
#include "sim/trace/choice.h"
#include "sim/trace/link_names.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

std::string text_of(const outbox& from) {
  std::array<std::span<const std::byte>, 64> pieces;
  const std::size_t count = from.gather(pieces);
  std::string text;
  for (std::size_t at = 0; at < count; ++at)
    text.append(reinterpret_cast<const char*>(pieces[at].data()), pieces[at].size());
  return text;
}

void note(std::string& into, bool holds, std::string_view what) {
  if (!holds) return;
  if (!into.empty()) into += ", ";
  into += what;
}

}  // namespace

void moment_reader::read(frame& into, const link_names& names) {
  into.clients.resize(of_->court().clients().size());
  read_clients(into);
  read_windows(into);
  read_lines(into, names);
}

// As clients see themselves, and what is on its way to and from them.
void moment_reader::read_clients(frame& into) {
  for (std::size_t number = 0; number < into.clients.size(); ++number) {
    const judge::client_record& record = of_->court().clients()[number];
    into.clients[number].over = record.over;
    for (const judge::request_record& each : record.requests)
      into.clients[number].requests += each.replied ? 'r' : each.sent == no_event ? '-' : 's';
  }
  for (const auto& each : of_->wires().links()) {
    const link_end& end = each->end(0);
    if (each->to != proxy_address() || !end.who() || end.who().slot >= into.clients.size())
      continue;
    client_moment& its = into.clients[end.who().slot];
    its.to_proxy += end.out.pending();
    its.to_client += each->end(1).out.pending();
    if (!each->end(1).open || !each->end(1).who()) continue;
    const std::pair known(each->end(1).who(), end.who().slot);
    if (std::ranges::find(known_, known) == known_.end()) known_.push_back(known);
  }
}

// As the proxy sees its clients.
void moment_reader::read_windows(frame& into) {
  of_->subject().for_each_client([&](const client_side& side) {
    const auto known = std::ranges::find(known_, side.name, &decltype(known_)::value_type::first);
    if (known == known_.end()) return;
    client_moment& its = into.clients[known->second];
    its.connected = true;
    its.inbox = side.talk.input().unread();
    its.outbox = text_of(side.talk.output());
    note(its.notes, side.paused, "paused");
    note(its.notes, side.peer_finished, "has finished");
    note(its.notes, side.talk.finishing(), "finishing");
    note(its.notes, side.linger_until.has_value(), "lingering");
    std::uint32_t sequence = side.talk.window().first();
    side.talk.window().for_each(
        [&](bool settled, std::string_view reply, const split_request* split) {
          window_place place{.request = request_name(side.name, sequence++),
                             .settled = settled,
                             .reply = std::string(reply)};
          for (std::size_t part = 0; split != nullptr && part < split->parts.size(); ++part) {
            const split_request::part& one = split->parts[part];
            if (one.answered) place.reply += "part " + std::to_string(part) + ": ";
            place.reply += one.reply.view();
          }
          its.window.push_back(std::move(place));
        });
  });
}

// The judge's requests that want a reply have the proxy's sequence numbers.
std::string moment_reader::request_name(token client, std::uint32_t sequence) const {
  const auto known = std::ranges::find(known_, client, &decltype(known_)::value_type::first);
  if (known == known_.end()) return "?";
  const auto& requests = of_->court().clients()[known->second].requests;
  for (std::size_t each = 0; each < requests.size(); ++each) {
    if (!requests[each].what.replied || sequence-- != 0) continue;
    return "c" + std::to_string(known->second) + "r" + std::to_string(each);
  }
  return "c" + std::to_string(known->second) + "?";
}

void moment_reader::read_lines(frame& into, const link_names& names) {
  for (const auto& each : of_->wires().links()) {
    const link_names::place where = names.of(each->id);
    if (where.is != named_happening::whom::to_server) continue;
    line_moment line;
    line.name = "s" + std::to_string(where.number) + "#" + std::to_string(where.nth);
    line.server = where.number;
    line.state = "left";
    line.to_server = each->end(0).out.pending();
    line.to_proxy = each->end(1).out.pending();
    line.peer_gone = !each->end(1).open || each->end(1).out.finished || each->end(0).broken();
    of_->subject().for_each_server([&](const server_side& side) {
      if (!each->end(0).open || each->end(0).who() != server_name(side.name)) return;
      line.state = side.talk.connecting() ? "connecting" : side.talk.ready() ? "ready" : "greeting";
      line.outbox = text_of(side.talk.greeting()) + text_of(side.talk.unwritten());
      line.inbox = side.talk.input().unread();
      const awaiting& owed = side.talk.owed();
      for (std::size_t at = 0; at < owed.size(); ++at) {
        const ticket& owner = owed[at].owner;
        std::string name = owner.client ? request_name(owner.client, owner.sequence) : "";
        if (owner.part > 0) name += "." + std::to_string(owner.part);
        line.awaiting.push_back({.request = std::move(name),
                                 .written = at < owed.written(),
                                 .abandoned = at < owed.abandoned()});
      }
    });
    if (line.state == "left" && line.to_server.empty()) continue;
    const auto behind = std::ranges::upper_bound(into.lines, line.server, {}, &line_moment::server);
    into.lines.insert(behind, std::move(line));
  }
}

}  // namespace dovetail::sim
