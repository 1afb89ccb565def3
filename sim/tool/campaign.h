// Many seeds on several threads.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/search/sweep.h"

namespace dovetail::sim {

struct campaign_limits {
  std::uint64_t first = 1;             // seed
  std::optional<std::uint64_t> count;  // of seeds; else `seconds` decide
  std::optional<double> seconds;
  unsigned jobs = 1;
};

struct campaign {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  double seconds = 0;
  std::optional<std::uint64_t>
      failed;  // the lowest seed of those that did, whatever the threads do
};

// `play` is called from several threads at once. Ends at the first failure: when all lower seeds
// have been played.
campaign run_campaign(const campaign_limits& limits,
                      const std::function<seed_run(std::uint64_t)>& play);

}  // namespace dovetail::sim
