// Commands that play many seeds.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <CLI/App.hpp>

#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/exit_code.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

// What such a command is told.
struct seed_words {
  campaign_limits limits;
  std::string out = "sim-failures";
  std::string trace;  // where to leave the first seed's run, whatever comes of it; empty: nowhere
  bool json = false;
};

// --seed, --seeds, --time and --json.
void add_limits(CLI::App& to, seed_words& said);

// --jobs, all cores if it is not said.
void add_jobs(CLI::App& to, unsigned& jobs);
void add_out(CLI::App& to, std::string& out);

// --trace; behind add_limits.
void add_trace(CLI::App& to, seed_words& said);

// Runs of which each seed is one. Called from several threads at once.
struct seed_runs {
  std::string name;
  std::function<std::string(std::uint64_t)> line;  // that repeats this one, without --seeds 1
  std::function<scene(std::uint64_t)> scene_for;
  std::function<policy(std::uint64_t)> policy_for;
};

// Plays the seeds of `limits`, or the one that is to be traced, and says how that was; a failing
// one is left in `said.out`.
exit_code play_seeds(const seed_words& said, const campaign_limits& limits, const seed_runs& runs);

}  // namespace dovetail::sim
