// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized
// scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010).
//
// Whoever can act has a random priority, and the highest acts, but at d - 1 random moments the one
// that was about to act falls behind all others. A bug that needs d things in one order is found
// with a probability of at least 1 / (n k^(d-1)) by each run of k happenings among n actors.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "sim/net/choice.h"
#include "sim/search/random_chooser.h"

namespace dovetail::sim {

class pct_chooser final : public chooser {
 public:
  // `depth` is d, at least 1; `length` about how many happenings a run has.
  pct_chooser(std::uint64_t seed, std::uint32_t depth, std::uint32_t length);

  std::size_t pick(std::span<const happening> possible) override;
  std::uint32_t choose(std::uint32_t n, site about) override { return sizes_.choose(n, about); }

 private:
  struct actor {
    std::uint64_t who = 0;
    std::uint64_t priority = 0;
  };

  actor& actor_of(const happening& what);

  random_stream random_;
  random_chooser sizes_;
  std::vector<actor> actors_;
  std::vector<std::uint32_t> changes_;  // the happenings at which somebody falls behind
  std::uint32_t happened_ = 0;
  std::uint64_t lowest_ = 1U << 20;  // below every random priority; falls
};

}  // namespace dovetail::sim
