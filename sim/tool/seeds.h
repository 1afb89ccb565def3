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

// Runs of which each seed is one. `play` is called from several threads at once.
struct seed_runs {
  std::string name;
  std::function<std::string(std::uint64_t)> line;  // that repeats this one
  std::function<seed_run(std::uint64_t)> play;
  std::function<trace(std::uint64_t)> trace_of;
};

// Plays the seeds of `limits` and says how that was; a failing one is left in `said.out`.
exit_code play_seeds(const seed_words& said, const campaign_limits& limits, const seed_runs& runs);

}  // namespace dovetail::sim
