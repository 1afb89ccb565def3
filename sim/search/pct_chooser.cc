#include "sim/search/pct_chooser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/net/choice.h"

namespace dovetail::sim {

pct_chooser::pct_chooser(std::uint64_t seed, std::uint32_t depth, std::uint32_t length)
    : random_(seed), sizes_(seed ^ 0x5851f42d4c957f2dU) {
  for (std::uint32_t change = 1; change < depth; ++change)
    changes_.push_back(random_.below(length));
}

// An actor is an end of a link, a host that wakes, or a fault of one kind at one place.
pct_chooser::actor& pct_chooser::actor_of(const happening& what) {
  const bool wakes = what.what == happening::kind::wake || what.what == happening::kind::leap ||
                     what.what == happening::kind::turn_end;
  const bool fault = what.what == happening::kind::fault;
  const std::uint64_t kind = wakes ? 1 : fault ? 2 : 3;
  const std::uint64_t who = (kind << 60) | (std::uint64_t{what.detail} << 40) |
                            (std::uint64_t{what.side} << 32) | what.whom;
  for (actor& each : actors_) {
    if (each.who == who) return each;
  }
  const std::uint64_t drawn = random_.next() >> 1;
  // A fault strikes late as often as early: it does not win just by being there.
  const std::uint64_t priority = fault ? drawn >> 2 : drawn;
  actors_.push_back({who, priority | (1U << 21)});
  return actors_.back();
}

std::size_t pct_chooser::pick(std::span<const happening> possible) {
  std::size_t best = 0;
  for (std::size_t at = 1; at < possible.size(); ++at) {
    if (actor_of(possible[at]).priority > actor_of(possible[best]).priority) best = at;
  }
  if (std::ranges::find(changes_, happened_++) != changes_.end()) {
    actor_of(possible[best]).priority = --lowest_;
    const auto beats = [&](std::size_t at) {
      return actor_of(possible[at]).priority > actor_of(possible[best]).priority;
    };
    for (std::size_t at = 0; at < possible.size(); ++at) {
      if (beats(at)) best = at;
    }
  }
  return best;
}

}  // namespace dovetail::sim
