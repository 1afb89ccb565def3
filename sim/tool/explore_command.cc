#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/exploring.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/tool/seeds.h"

namespace dovetail::sim {
namespace {

struct explore_line : explore_words {
  std::string file;
  std::optional<std::uint64_t> states;
  std::optional<std::uint64_t> from;  // of a script
  std::size_t depth = exploration_limits().depth;
};

int explore_file(const explore_line& said) {
  auto of = read_scenario(said.file);
  if (!of) return exit_usage;
  const bool is_script = of->kind == scenario::sort::script;
  if (of->kind == scenario::sort::swarm || (is_script && !said.from)) {
    fmt::print(stderr, "dovetail-sim: {}: of kind {}: that is for `run`{}\n", said.file,
               is_script ? "script" : "swarm",
               is_script ? ", or --from says from which event on it is explored" : "");
    return exit_usage;
  }
  if (said.from && !is_script) {
    fmt::print(stderr, "dovetail-sim: {}: --from is for scripts, this is explored from its start\n",
               said.file);
    return exit_usage;
  }
  of->states_max = said.states.value_or(of->states_max);
  explore_words how = said;
  how.name = stem_of(said.file);
  if (is_script) return explore_from(*of, *said.from, said.depth, how);
  return explore_scenario(*of, how);
}

}  // namespace

command add_explore(CLI::App& to) {
  const auto said = std::make_shared<explore_line>();
  CLI::App* const line = to.add_subcommand("explore", "Play every run of a scene");
  line->add_option("FILE", said->file,
                   "A scene, a scenario of kind explore, or with --from a script, as YAML")
      ->required();
  CLI::Option* const certificate =
      line->add_option("--certificate", said->certificate, "Write what was explored to this file");
  line->add_option("--states", said->states, "Give up a case beyond so many; else as the file says")
      ->check(whole_number(1));
  CLI::Option* const skip =
      line->add_option("--skip", said->skip, "Leave out the first so many cases")
          ->check(whole_number());
  CLI::Option* const from =
      line->add_option("--from", said->from, "Of a script: go on from this event in every way")
          ->check(whole_number())
          ->excludes(certificate)
          ->excludes(skip);
  line->add_option("--depth", said->depth, "So many choices far; else to the end")
      ->check(whole_number(1))
      ->needs(from);
  add_jobs(*line, said->jobs);
  add_out(*line, said->out);
  line->add_flag("--json", said->json, "Print a line of JSON");
  return {.line = line, .run = [said] { return explore_file(*said); }};
}

}  // namespace dovetail::sim
