// Runs a scenario, whatever its kind.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/player.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

struct scenario_options {
  std::uint64_t seed = 1;              // of a swarm: the first one
  std::optional<std::uint64_t> seeds;  // how many; else as the file says
  bool long_too = false;               // also what is of the long suite only
  scenario_watch watch = {};           // sees each happening of a script
  exploration_progress progress = {};  // … of an exploration
};

struct scenario_result {
  bool good = true;
  bool skipped = false;  // it is of the long suite
  std::string text;      // what is wrong, and where: a line, perhaps more; else what was seen
  verdict found;         // of the judge, where it has found something
  std::uint64_t runs = 0;
  std::uint64_t events = 0;

  // Of a run that the judge objected to: what it was made of, and who chose.
  std::optional<scene> of;
  std::optional<std::uint64_t> seed;  // of a swarm
  std::vector<std::uint32_t> path;    // of an exploration
};

// The scene of a swarm that belongs to this seed.
scene drawn_by(const scenario& swarm, std::uint64_t seed);

scenario_result run_scenario(const scenario& of, const scenario_options& how = {});

// Reads it, too. Where it cannot be read, `text` says so: file, line, key, reason.
scenario_result run_scenario_text(std::string_view text,
                                  const std::string& file,
                                  const scenario_options& how = {});
scenario_result run_scenario_file(const std::string& path, const scenario_options& how = {});

}  // namespace dovetail::sim
