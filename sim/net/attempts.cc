// From connect to accept: addresses, attempts, backlogs.

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
  if (at.is_unix()) {
    found.doors.clear();  // its file is replaced: nobody reaches who listened there
  } else if (!found.doors.empty() && !(shared && found.doors.front()->shares_)) {
    return failure(std::errc::address_in_use);
  }
  return &found;
}

void network::add(simulated_listener& opened) {
  listeners_.push_back(&opened);
  opened.where_.doors.push_back(&opened);
}

// Who waits in the backlog finds a reset, and so may who has not heard yet that it got there.
void network::remove(simulated_listener& gone) {
  for (const auto& each : links_) {
    const bool tries = each->is == link::state::connecting && !each->answered && !each->denied;
    if (!tries || look(*each).door != &gone) continue;
    if (choices_for(each->end(0)).choose(2, site::outcome) == 1) answer(*each, gone);
  }
  std::erase(listeners_, &gone);
  std::erase(gone.where_.doors, &gone);
  for (link* const each : std::exchange(gone.waiting_, {})) {
    each->waits_at = nullptr;
    each->end(1).gone = true;
    break_end(*each, 0);
    erase_if_gone(*each);
  }
}

link& network::connect(host& from, const endpoint& to) {
  auto made = std::make_unique<link>(next_link_++, ++stamp_, route_to(to));
  link_end& end = made->end(0);
  end.at = &from;
  end.open = true;
  made->begun = from.turn_;
  if (to.path.size() > path_bytes_max) {
    made->denied = std::make_error_code(std::errc::filename_too_long);
  } else if (from.sockets_ >= from.sockets_max) {
    made->denied = std::make_error_code(std::errc::too_many_files_open);
  } else {
    end.counted = true;
    ++from.sockets_;
  }
  return *links_.emplace_back(std::move(made));
}

// A name's addresses are tried in turn; one that does not answer keeps the others waiting.
network::prospect network::look(const link& at) const {
  if (at.way.how != reach::normal || at.way.leads_to.empty()) return look_at(at.way, at);
  prospect found;
  for (const route* const each : at.way.leads_to) {
    found = look_at(*each, at);
    if (!found.why) break;
  }
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
  // A full backlog: TCP tries again, a unix socket is told.
  return {.door = nullptr, .why = way.at.is_unix() ? refused : std::error_code()};
}

void network::answer(link& at, simulated_listener& by) {
  at.answered = true;
  at.waits_at = &by;
  by.waiting_.push_back(&at);
}

void network::end_attempt(link& at) {
  if (!at.answered && !at.denied) {
    const prospect found = look(at);
    DOVETAIL_CHECK(!found.is_open());
    if (found.door != nullptr) answer(at, *found.door);
    at.denied = found.why;
  }
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
