// What may happen on the network, and making it happen.

#include <algorithm>  // IWYU pragma: keep (the check does not know where upper_bound is)
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"

namespace dovetail::sim {

using kind = happening::kind;
using io::readiness;

namespace {

constexpr readiness without(readiness all, readiness what) {
  return static_cast<readiness>(static_cast<unsigned char>(all) &
                                ~static_cast<unsigned char>(what));
}

}  // namespace

readiness network::ready(const link& at, int side) const {
  const link_end& end = at.end(side);
  const link_end& peer = at.peer(side);
  if (!at.usable(side) || (end.gone && !end.broken())) return readiness::none;
  auto is = readiness::none;
  const bool given = end.may_read > 0 && (!peer.out.empty() || peer.out.finished);
  const bool is_over = end.broken() && (peer.out.empty() || end.may_read > 0);
  if (is_over || given) is = is | readiness::readable;
  // As the kernel does, not before a third of the room is free.
  const bool roomy = end.out.size() * 3 <= habits_.stream_bytes_max * 2 && end.may_write > 0;
  if (end.broken() || roomy || end.out.finished || peer.gone) is = is | readiness::writable;
  return is;
}

// What may be told to this end. What was watched for in a turn is told in a later one.
readiness network::tellable(const link& at, int side) const {
  const link_end& end = at.end(side);
  auto what = ready(at, side);
  if (habits_.stale && at.usable(side) && !end.gone) {
    if (end.reading.stale > 0) what = what | readiness::readable;
    if (end.writing.stale > 0) what = what | readiness::writable;
  }
  return without(what & end.watched, held_back(end));
}

readiness network::held_back(const link_end& of) const {
  auto what = readiness::none;
  if (of.at != in_turn_ || in_turn_ == nullptr) return what;
  if (of.reading.turn == in_turn_->turn_) what = what | readiness::readable;
  if (of.writing.turn == in_turn_->turn_) what = what | readiness::writable;
  return what & of.watched;
}

// Who was told longest ago comes first.
void network::add_event(std::uint64_t stamp, const happening& event) {
  const auto behind = std::ranges::upper_bound(events_found_, stamp, {},
                                               &std::pair<std::uint64_t, happening>::first);
  events_found_.insert(behind, {stamp, event});
}

void network::add_events_of_end(const link& at, int side) {
  const link_end& end = at.end(side);
  const auto whose = static_cast<std::uint8_t>(side);
  const auto what = tellable(at, side);
  const bool together = what == readiness::both && end.reading.who == end.writing.who;
  if (together) add_event(end.told_at, {kind::both, whose, 0, at.id});
  if (together && !habits_.batches) return;
  if (io::can_read(what)) add_event(end.told_at, {kind::readable, whose, 0, at.id});
  if (io::can_write(what)) add_event(end.told_at, {kind::writable, whose, 0, at.id});
}

// An attempt ends once somebody decides about it.
void network::add_attempt(const link& at, const host* only) {
  const host& by = *at.end(0).at;
  const bool decided = at.answered || at.denied;
  const prospect found = decided ? prospect() : look(at);
  if (found.door != nullptr && !found.unheard) add_early_accept(at, *found.door, only);
  if (!is_shown(by, only) || (!decided && found.is_open())) return;
  add_event(at.since, {kind::connected, 0, 0, at.id});
}

bool network::accepts(const simulated_listener& door, const host* only) const {
  const host& at = door.host_;
  return is_shown(at, only) && !door.paused_ && at.sockets_ < at.sockets_max;
}

// Of one that has not heard of it. Attempts get there in the order in which they began, unless one
// is lost on the way and made again.
void network::add_early_accept(const link& at, simulated_listener& door, const host* only) {
  const bool first = !std::exchange(door.has_early_, true);
  if (!accepts(door, only) || !(first || habits_.loses)) return;
  add_event(at.since, {kind::accept, 1, 0, at.id});
}

// The first in each backlog.
void network::add_accepts(const host* only) {
  for (simulated_listener* const door : listeners_) {
    door->has_early_ = false;
    if (door->waiting_.empty() || !accepts(*door, only)) continue;
    const link& first = *door->waiting_.front();
    add_event(first.since, {kind::accept, 1, 0, first.id});
  }
}

// Of one host, or of all that are not eager.
bool network::is_shown(const host& of, const host* only) const {
  return only != nullptr ? &of == only : !of.eager_;
}

void network::add_events_of(const host* only) {
  events_found_.clear();
  for (const auto& each : links_) {
    const link& at = *each;
    if (at.is == link::state::connecting) add_attempt(at, only);
    for (int side = 0; side < 2; ++side) {
      const link_end& end = at.end(side);
      if (end.watched != readiness::none && is_shown(*end.at, only)) add_events_of_end(at, side);
    }
  }
  add_accepts(only);
}

void network::list(std::vector<happening>& possible) {
  possible.clear();
  add_events_of(in_turn_);
  if (in_turn_ != nullptr) {
    possible.push_back({kind::turn_end, 0, 0, in_turn_->number_});
  } else {
    for (const auto& each : hosts_) {
      if (each->eager_ || !each->wake_ || *each->wake_ > now_) continue;
      add_event(each->woken_at_, {kind::wake, 0, 0, each->number_});
    }
  }
  for (const auto& [stamp, event] : events_found_)
    possible.push_back(event);
  if (in_turn_ != nullptr || (!possible.empty() && !habits_.leaps)) return;

  const host* next = nullptr;
  for (const auto& each : hosts_) {
    if (!each->wake_ || *each->wake_ <= now_ || *each->wake_ == instant::max()) continue;
    if (next == nullptr || *each->wake_ < *next->wake_) next = each.get();
  }
  if (next == nullptr) return;
  possible.push_back({possible.empty() ? kind::wake : kind::leap, 0, 0, next->number_});
}

bool network::takes_time(const happening& next) const {
  if (next.what == kind::leap) return true;
  return next.what == kind::wake && *hosts_[next.whom]->wake_ > now_;
}

void network::perform(const happening& next) {
  if (audience_ != nullptr) audience_->on_happening(next);
  ++events_;
  switch (next.what) {
    case kind::turn_end:
      return end_turn(*hosts_[next.whom]);
    case kind::wake:
      wait_until(*hosts_[next.whom]->wake_);
      return end_turn(*hosts_[next.whom]);
    case kind::leap:
      return wait_until(*hosts_[next.whom]->wake_);
    default:
      break;
  }
  DOVETAIL_CHECK(next.what != kind::fault);  // the world's business
  link* const at = find(next.whom);
  DOVETAIL_CHECK(at != nullptr);
  if (next.what == kind::connected) {
    tell_of_attempt(*at);
  } else if (next.what == kind::accept) {
    accept(*at);
  } else {
    const auto what = next.what == kind::both       ? readiness::both
                      : next.what == kind::readable ? readiness::readable
                                                    : readiness::writable;
    tell(*at, next.side, what);
  }
  if (in_turn_ != nullptr && !habits_.batches) end_turn(*in_turn_);
}

void network::wait_until(instant when) {
  if (when <= now_) return;
  now_ = when;
  if (habits_.lateness == duration::zero()) return;
  if (choices_->choose(2, site::outcome) == 0) return;
  now_ += habits_.lateness;
  if (tap_ != nullptr) tap_->on_lost_time(habits_.lateness);
}

// Never in the middle of somebody's turn.
void network::settle() {
  if (in_turn_ != nullptr) return;
  const auto one_of = [this](const host& eager) {
    add_events_of(&eager);
    if (events_found_.empty()) return false;
    perform(happening(events_found_.front().second));
    return true;
  };
  for (bool moved = true; std::exchange(moved, false);) {
    for (const auto& each : hosts_) {
      if (!each->eager_) continue;
      while (one_of(*each))
        moved = true;
      if (in_turn_ == each.get()) end_turn(*each);
      if (!each->wake_ || *each->wake_ > now_) continue;
      end_turn(*each);
      moved = true;
    }
  }
}

void network::begin(host& of) {
  end_turn(of);
}

void network::enter(host& of) {
  DOVETAIL_CHECK(in_turn_ == nullptr || in_turn_ == &of);
  if (in_turn_ == nullptr) ++of.turn_;
  in_turn_ = &of;
}

// Who waits to write is told how the attempt has ended. Who waits to read finds out when there is
// something.
void network::tell_of_attempt(link& at) {
  end_attempt(at);
  const link_end& end = at.end(0);
  auto what = tellable(at, 0);
  if (!io::can_write(what)) return;
  const bool apart = what == readiness::both &&
                     (end.reading.who != end.writing.who ||
                      (habits_.batches && choices_for(end).choose(2, site::outcome) == 1));
  tell(at, 0, apart ? readiness::writable : what);
}

void network::tell(link& at, int side, readiness what) {
  link_end& end = at.end(side);
  const token who = io::can_read(what) ? end.reading.who : end.writing.who;
  const auto without_reason = without(what, ready(at, side));
  if (io::can_read(without_reason)) --end.reading.stale;
  if (io::can_write(without_reason)) --end.writing.stale;
  end.watched = without(end.watched, what);
  end.told_at = ++stamp_;
  enter(*end.at);
  in_turn_->handler_->on_ready(who, what, now_);
}

void network::end_turn(host& of) {
  if (in_turn_ == nullptr) ++of.turn_;  // an empty one
  in_turn_ = nullptr;
  of.woken_at_ = ++stamp_;
  of.wake_ = of.handler_->on_turn_end(now_);
}

}  // namespace dovetail::sim
