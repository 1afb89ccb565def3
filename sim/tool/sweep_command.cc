#include <cstdint>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/search/sweep.h"
#include "sim/tool/commands.h"
#include "sim/tool/seeds.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t usual_seeds = 1000;

std::string line_of(std::uint64_t seed) {
  return fmt::format("dovetail-sim sweep --seed {}", seed);
}

int sweep(const seed_words& said) {
  return play_seeds(
      said, said.limits,
      {.name = "sweep", .line = line_of, .scene_for = scene_of, .policy_for = policy_of});
}

}  // namespace

command add_sweep(CLI::App& to) {
  const auto said = std::make_shared<seed_words>();
  CLI::App* const line =
      to.add_subcommand("sweep", "Play random scenes with random faults, one for each seed");
  add_limits(*line, *said);
  add_jobs(*line, said->limits.jobs);
  add_out(*line, said->out);
  add_trace(*line, *said);
  line->callback([said] {
    if (!said->limits.count && !said->limits.seconds) said->limits.count = usual_seeds;
  });
  return {.line = line, .run = [said] { return sweep(*said); }};
}

}  // namespace dovetail::sim
