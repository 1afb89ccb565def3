// What may happen on the network, and making it happen.

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "io/handler.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"

namespace dovetail::sim {

using kind = happening::kind;

io::readiness network::ready(const link& at, int side) const {
  const link_end& end = at.end(side);
  if (!at.attempt_over()) return io::readiness::none;
  const link_end& peer = at.peer(side);
  const bool gone = bool(end.broken) || at.is == link::state::failed;
  auto is = io::readiness::none;
  if (gone || !peer.out.empty() || peer.out.finished) is = is | io::readiness::readable;
  // As the kernel does, not before a third of the room is free.
  const bool roomy = end.out.size() * 3 <= habits_.stream_bytes_max * 2;
  if (gone || roomy || end.out.finished || !peer.open) is = is | io::readiness::writable;
  return is;
}

// An attempt ends once somebody decides about it: a full backlog keeps it waiting.
bool network::may_end(const link& at) const {
  if (at.is != link::state::connecting) return false;
  const route* const way = known_route(at.to);
  if (way != nullptr && way->how != reach::normal) return way->how != reach::silent;
  const simulated_listener* const door = listener_at(at.to, at.id);
  return door == nullptr || door->waiting_.size() <= door->backlog_;
}

// Who was told longest ago comes first.
void network::add_event(std::uint64_t stamp, const happening& event) {
  const auto behind = std::ranges::upper_bound(events_found_, stamp, {},
                                               &std::pair<std::uint64_t, happening>::first);
  events_found_.insert(behind, {stamp, event});
}

// Of one host, or of all that are not eager.
void network::add_events_of(const host* only) {
  for (const auto& each : links_) {
    const link& at = *each;
    for (int side = 0; side < 2; ++side) {
      const link_end& end = at.end(side);
      if (!end.open || (only != nullptr ? end.at != only : end.at->eager_)) continue;
      const auto whose = static_cast<std::uint8_t>(side);
      if (side == 0 && may_end(at)) add_event(at.since, {kind::connected, whose, 0, at.id});
      const bool in_turn = end.at == in_turn_;
      auto what = ready(at, side) & end.watched;
      if (in_turn && io::can_read(end.told)) what = what & io::readiness::writable;
      if (in_turn && io::can_write(end.told)) what = what & io::readiness::readable;
      if (what == io::readiness::none) continue;
      if (what == io::readiness::both) add_event(end.told_at, {kind::both, whose, 0, at.id});
      const bool single = what != io::readiness::both || habits_.batches;
      if (single && io::can_read(what)) add_event(end.told_at, {kind::readable, whose, 0, at.id});
      if (single && io::can_write(what)) add_event(end.told_at, {kind::writable, whose, 0, at.id});
    }
  }
  for (const simulated_listener* door : listeners_) {
    const host& at = door->host_;
    if (only != nullptr ? &at != only : at.eager_) continue;
    if (door->waiting_.empty() || door->paused_ || at.sockets_ >= at.sockets_max) continue;
    const link& first = *door->waiting_.front();
    add_event(first.since, {kind::accept, 1, 0, first.id});
  }
}

void network::list(std::vector<happening>& possible) {
  possible.clear();
  events_found_.clear();
  if (in_turn_ != nullptr) {
    possible.push_back({kind::turn_end, 0, 0, in_turn_->number_});
    add_events_of(in_turn_);
  } else {
    add_events_of(nullptr);
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

void network::perform(const happening& next) {
  ++events_;
  switch (next.what) {
    case kind::turn_end:
      return end_turn(*hosts_[next.whom]);
    case kind::wake:
      now_ = std::max(now_, *hosts_[next.whom]->wake_);
      return end_turn(*hosts_[next.whom]);
    case kind::leap:
      now_ = std::max(now_, *hosts_[next.whom]->wake_);
      return;
    default:
      break;
  }
  DOVETAIL_CHECK(next.what != kind::fault);  // the world's business
  link* const at = find(next.whom);
  DOVETAIL_CHECK(at != nullptr);
  if (next.what == kind::connected) {
    end_attempt(*at);
  } else if (next.what == kind::accept) {
    accept(*at);
  } else {
    const auto what = next.what == kind::both       ? io::readiness::both
                      : next.what == kind::readable ? io::readiness::readable
                                                    : io::readiness::writable;
    tell(*at, next.side, what);
  }
  if (in_turn_ != nullptr && !habits_.batches) end_turn(*in_turn_);
}

void network::settle() {
  ++quiet_;
  const auto one_of = [this](const host& eager) {
    events_found_.clear();
    add_events_of(&eager);
    if (events_found_.empty()) return false;
    const auto first =
        std::ranges::min_element(events_found_, {}, &std::pair<std::uint64_t, happening>::first);
    perform(happening(first->second));
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
  --quiet_;
}

void network::begin(host& of) {
  end_turn(of);
}

void network::enter(host& of) {
  in_turn_ = &of;
}

// The attempt of end 0 has come to something, which it is told if it waits for it.
void network::end_attempt(link& at) {
  const route* const way = known_route(at.to);
  simulated_listener* const door = listener_at(at.to, at.id);
  link_end& end = at.end(0);
  if (way != nullptr && way->how == reach::unresolved) {
    at.is = link::state::failed;
    end.broken = {EHOSTDOWN, std::generic_category()};
  } else if (end.at->sockets_ > end.at->sockets_max) {
    at.is = link::state::failed;
    end.broken = std::make_error_code(std::errc::too_many_files_open);
  } else if (door == nullptr || (way != nullptr && way->how == reach::refused)) {
    at.is = link::state::failed;
    end.broken = std::make_error_code(at.to.is_unix() ? std::errc::no_such_file_or_directory
                                                      : std::errc::connection_refused);
  } else {
    at.is = link::state::open;
    at.waits_at = door;
    door->waiting_.push_back(&at);
  }
  const auto what = ready(at, 0) & end.watched;
  if (what != io::readiness::none) tell(at, 0, what);
}

void network::accept(link& at) {
  simulated_listener& door = *at.waits_at;
  std::erase(door.waiting_, &at);
  at.waits_at = nullptr;
  link_end& end = at.end(1);
  end.at = &door.host_;
  end.open = true;
  ++door.host_.sockets_;
  enter(door.host_);
  door.host_.handler_->on_accept(door.who_, std::make_unique<simulated_socket>(*this, at, 1), now_);
}

void network::tell(link& at, int side, io::readiness what) {
  link_end& end = at.end(side);
  const token who = end.who;
  end.watched = static_cast<io::readiness>(static_cast<unsigned char>(end.watched) &
                                           ~static_cast<unsigned char>(what));
  end.told = end.told | what;
  end.told_at = ++stamp_;
  host& of = *end.at;
  enter(of);
  of.handler_->on_ready(who, what, now_);
}

void network::end_turn(host& of) {
  in_turn_ = nullptr;
  of.woken_at_ = ++stamp_;
  for (const auto& each : links_) {
    for (link_end& end : each->ends) {
      if (end.at == &of) end.told = io::readiness::none;
    }
  }
  of.wake_ = of.handler_->on_turn_end(now_);
}

}  // namespace dovetail::sim
