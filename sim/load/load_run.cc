#include "sim/load/load_run.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/load/workload.h"

namespace dovetail::sim::load {

load_run::load_run(io::network& net,
                   const workload_options& how,
                   const load_limits& limits,
                   std::function<void()> when_over)
    : clients_(how.clients),
      limits_(limits),
      when_over_(std::move(when_over)),
      work_(how),
      group_(net, work_, pool_) {
  for (std::uint32_t at = 0; at < clients_; ++at)
    group_.add(work_.plan());
}

std::string load_run::reason() const {
  if (outcome_ == load_outcome::wrong_reply) return *work_.complaint();
  if (work_.refused() > 0) return work_.why_refused().message();
  return "no answer";
}

void load_run::on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) {
  group_.on_accept(listener, std::move(peer), now);
}

void load_run::on_ready(token who, io::readiness what, instant now) {
  group_.on_ready(who, what, now);
}

std::optional<instant> load_run::on_turn_end(instant now) {
  if (phase_ == phase::over) return std::nullopt;
  if (!deadline_) deadline_ = now + limits_.connects_at_most;
  auto wake = group_.on_turn_end(now);
  for (phase before = phase::over; phase_ != before && phase_ != phase::over;) {
    before = phase_;
    step(now);
    // Who was poked asks in this turn.
    if (phase_ != before) wake = group_.on_turn_end(now);
  }
  if (phase_ == phase::over) return std::nullopt;
  return std::min(wake.value_or(*deadline_), *deadline_);
}

void load_run::step(instant now) {
  if (work_.complaint()) return end(load_outcome::wrong_reply);
  if (stopped_ && phase_ < phase::draining) return enter(phase::draining, now);
  switch (phase_) {
    case phase::connecting:
      return connect_on(now);
    case phase::preloading:
      if (work_.is_preloaded()) return enter(phase::asking, now);
      if (now - work_.last_reply() >= limits_.waits_at_most) return enter(phase::draining, now);
      deadline_ = std::max(now, work_.last_reply()) + limits_.waits_at_most;
      return;
    case phase::asking:
      if (now >= *deadline_) enter(phase::draining, now);
      return;
    case phase::draining:
      if (work_.waiting() > 0 && now < *deadline_) return;
      work_.give_up();
      return end(load_outcome::done);
    case phase::over:
      return;
  }
}

void load_run::connect_on(instant now) {
  const bool settled = work_.connected() + work_.refused() >= clients_ || now >= *deadline_;
  if (!settled) return;
  if (work_.connected() == 0) return end(load_outcome::cannot_connect);
  enter(limits_.preloads ? phase::preloading : phase::asking, now);
}

void load_run::enter(phase next, instant now) {
  phase_ = next;
  switch (next) {
    case phase::preloading:
      work_.preload(now);
      deadline_ = now + limits_.waits_at_most;
      break;
    case phase::asking:
      work_.ask(now);
      if (limits_.asks == duration::zero()) work_.rest();
      deadline_ = now + limits_.asks;
      break;
    default:
      work_.rest();
      deadline_ = now + limits_.waits_at_most;
      break;
  }
  for (std::uint32_t at = 0; at < clients_; ++at)
    group_.poke(at);
}

void load_run::end(load_outcome how) {
  outcome_ = how;
  phase_ = phase::over;
  when_over_();
}

}  // namespace dovetail::sim::load
