// Commands that play many seeds.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <CLI/App.hpp>

#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/exit_code.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

// What such a command is told.
struct seed_words {
  campaign_limits limits;
  std::string out = "sim-failures";
  bool json = false;
};

// --seed, --seeds, --time and --json.
void add_limits(CLI::App& to, seed_words& said);

// --jobs, all cores if it is not said.
void add_jobs(CLI::App& to, unsigned& jobs);
void add_out(CLI::App& to, std::string& out);

// Plays the seeds of `limits` and says how that was; a failing one is made again as a trace by
// `trace_of`, and left in `said.out`.
exit_code play_seeds(const seed_words& said,
                     const campaign_limits& limits,
                     const std::string& what,
                     const std::function<seed_run(std::uint64_t)>& play,
                     const std::function<trace(std::uint64_t)>& trace_of);

}  // namespace dovetail::sim
