// From connect to accept: addresses, attempts, backlogs.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/route.h"

namespace dovetail::sim {
namespace {

constexpr std::size_t path_bytes_max = 107;  // sockaddr_un, without its final zero

}  // namespace

result<route*> network::take_address(host& by, const endpoint& at, bool shared) {
  if (by.sockets_ >= by.sockets_max) return failure(std::errc::too_many_files_open);
  if (at.path.size() > path_bytes_max) return failure(std::errc::filename_too_long);
  endpoint where = at;
  if (!at.is_unix() && at.port == 0) where.port = next_port_++;
  route& found = route_to(where);
  decide_attempts();
  if (!found.doors.empty() && !(shared && found.doors.front()->shares_)) {
    return failure(std::errc::address_in_use);
  }
  return &found;
}

// Before something changes: attempts that nobody has heard of yet may have ended already.
void network::decide_attempts() {
  for (const auto& each : links_) {
    if (each->is != link::state::connecting || each->answered || each->denied) continue;
    if (look(*each).is_open() || choices_for(each->end(0)).choose(2, site::outcome) == 0) continue;
    decide(*each);
  }
}

void network::add(simulated_listener& opened) {
  listeners_.push_back(&opened);
  opened.where_.doors.push_back(&opened);
}

// Who waits in the backlog finds a reset; who never got there hears nothing.
void network::remove(simulated_listener& gone) {
  decide_attempts();
  std::erase(listeners_, &gone);
  std::erase(gone.where_.doors, &gone);
  std::size_t heard = gone.backlog_ + 1;
  for (link* const each : std::exchange(gone.waiting_, {})) {
    each->waits_at = nullptr;
    each->end(1).gone = true;
    if (heard > 0) break_end(*each, 0);
    heard -= heard > 0 ? 1 : 0;
    erase_if_gone(*each);
  }
}

link& network::connect(host& from, const endpoint& to) {
  auto made = std::make_unique<link>(next_link_++, ++stamp_, route_to(to));
  link_end& end = made->end(0);
  end.at = &from;
  end.open = true;
  if (to.path.size() > path_bytes_max) {
    made->denied = std::make_error_code(std::errc::filename_too_long);
  } else if (from.sockets_ >= from.sockets_max) {
    made->denied = std::make_error_code(std::errc::too_many_files_open);
  } else {
    end.counted = true;
    ++from.sockets_;
  }
  link& fresh = *links_.emplace_back(std::move(made));
  // The kernel decides about a unix socket at once; it is only told later.
  if (fresh.local && !fresh.denied) decide(fresh);
  return fresh;
}

void network::decide(link& at) {
  const prospect found = look(at);
  if (found.door != nullptr) answer(at, *found.door);
  at.denied = found.why;
}

// A name's addresses are tried in turn; one that does not answer keeps the others waiting.
network::prospect network::look(const link& at) const {
  prospect found;
  if (at.way.how != reach::normal || at.way.leads_to.empty()) {
    found = look_at(at.way, at);
  } else {
    for (const route* const each : at.way.leads_to) {
      found = look_at(*each, at);
      if (!found.why) break;
    }
  }
  if (found.unheard && !habits_.loses) found.door = nullptr;
  return found;
}

network::prospect network::look_at(const route& way, const link& from) {
  const auto refused = std::make_error_code(std::errc::connection_refused);
  if (way.how == reach::silent) return {};
  if (way.how == reach::refused) return {.door = nullptr, .why = refused};
  if (way.how == reach::unresolved) {
    return {.door = nullptr, .why = {EHOSTDOWN, std::generic_category()}};
  }
  if (way.doors.empty()) {
    const auto nobody = std::make_error_code(std::errc::no_such_file_or_directory);
    return {.door = nullptr, .why = way.at.is_unix() ? nobody : refused};
  }
  // Several that share a port take turns.
  simulated_listener* const door = way.doors[from.id % way.doors.size()];
  if (!door->is_full()) return {.door = door, .why = {}};
  // A full backlog: a unix socket is told. TCP tries again, or believes that it is connected when
  // only the last word of the handshake was dropped.
  if (way.at.is_unix()) return {.door = nullptr, .why = refused};
  return {.door = door, .why = {}, .unheard = true};
}

// The backlog is in the order in which attempts began or were heard to have succeeded.
void network::answer(link& at, simulated_listener& by) {
  at.answered = true;
  at.waits_at = &by;
  auto place =
      std::ranges::find_if(by.waiting_, [&](const link* each) { return each->since > at.since; });
  if (by.is_full()) place = by.waiting_.end();
  if (place != by.waiting_.end() && choices_for(at.end(0)).choose(2, site::outcome) == 1) {
    place = by.waiting_.end();
  }
  by.waiting_.insert(place, &at);
}

void network::end_attempt(link& at) {
  if (!at.answered && !at.denied) decide(at);
  DOVETAIL_CHECK(at.answered || at.denied);
  if (at.denied) return fail(at, at.denied);
  link_end& end = at.end(0);
  at.is = link::state::open;
  if (end.finishes) finish(at, 0);
}

void network::fail(link& at, std::error_code why) {
  link_end& end = at.end(0);
  at.is = link::state::failed;
  at.end(1).out.lose(0);
  end.read_error = end.write_error = end.said = why;
  uncount(end);
}

// Also of one that has not heard yet that it is connected.
void network::accept(link& at) {
  if (!at.answered) {
    const prospect found = look(at);
    DOVETAIL_CHECK(found.door != nullptr);
    answer(at, *found.door);
  }
  simulated_listener& door = *at.waits_at;
  std::erase(door.waiting_, &at);
  at.waits_at = nullptr;
  at.accepted = ++door.accepted_;
  link_end& end = at.end(1);
  end.at = &door.host_;
  end.open = true;
  end.counted = true;
  ++door.host_.sockets_;
  enter(door.host_);
  door.host_.handler_->on_accept(door.who_, std::make_unique<simulated_socket>(*this, at, 1), now_);
}

}  // namespace dovetail::sim
