// Runs a scenario, whatever its kind.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/player.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/search/sweep.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

struct scenario_options {
  std::uint64_t seed = 1;              // of a swarm: the first one
  std::optional<std::uint64_t> seeds;  // how many; else as the file says
  policy how = {};                     // who chooses in a swarm
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
  std::optional<std::uint64_t> seed;   // of a swarm
  std::optional<std::uint64_t> order;  // of a script's races; also where only `expect` objected
  std::vector<std::uint32_t> path;     // of an exploration
};

// The scene of a swarm that belongs to this seed.
scene drawn_by(const scenario& swarm, std::uint64_t seed);

// The scenes that an exploration consists of, and what each is about: its faults.
struct exploration_case {
  std::string name;
  scene of;
};
std::vector<exploration_case> cases_of(const scenario& exploration);

// Faults of which no case is made, as they cannot strike in this scene.
std::vector<fault> left_out_of(const scenario& exploration);

// Faults that a case allows and that had no effect in any of its runs: it shows nothing of them.
std::vector<fault> idle_in(const exploration_case& of, const exploration& found);

// Whether all that it is about struck, of a scene's own faults at least one; or it is about none.
bool is_shown(const exploration_case& of, const std::vector<fault>& idle, const scenario& by);

// `refusal, black_hole`
std::string names_of(const std::vector<fault>& these);

// What a case is to be and is not: complete, with as many outcomes as the file says. Empty: it is.
std::string objection_to(const exploration& found, const scenario& of);

// What is wrong with an order of a script that was played to its end or as far as it went: file,
// line, what was expected. Empty: nothing, or the judge has found something.
std::string unmet_by(player& played, const scenario& script);

// Where searches begin that go on from this event of a script, in the first order of its races:
// nothing is held back any more, what is to happen next is chosen, and nothing is expected.
// `script` outlives it. Fails with what is wrong with the script, or found there, before that, or
// when its steps end before.
std::expected<beginner, std::string> beginner_of(const scenario& script, std::uint64_t event);

// `rule at event N: text`
std::string describe(const verdict& found);

scenario_result run_scenario(const scenario& of, const scenario_options& how = {});

// Reads it, too. Where it cannot be read, `text` says so: file, line, key, reason.
scenario_result run_scenario_text(std::string_view text,
                                  const std::string& file,
                                  const scenario_options& how = {});
scenario_result run_scenario_file(const std::string& path, const scenario_options& how = {});

}  // namespace dovetail::sim
