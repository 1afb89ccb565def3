// sweep and bench: seeds that make their own scenes.

#include <cstdint>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/picture/json.h"
#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/seeds.h"
#include "sim/trace/play.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t usual_seeds = 1000;

struct bench_words : seed_words {
  double at_least = 0;
};

int sweep(const seed_words& said) {
  return play_seeds(said, said.limits, "sweep", sweep_seed, [](std::uint64_t seed) {
    const auto choices = chooser_of(seed, policy_of(seed));
    return trace_of(scene_of(seed), *choices,
                    fmt::format("dovetail-sim sweep --seeds 1 --seed {}", seed));
  });
}

// One thread, nothing but runs.
int bench(const bench_words& said) {
  campaign_limits limits = said.limits;
  limits.jobs = 1;
  const campaign done = run_campaign(limits, sweep_seed);
  const double seeds = static_cast<double>(done.seeds) / done.seconds;
  const double events = static_cast<double>(done.events) / done.seconds;
  if (said.json) {
    json_writer to;
    to.open('{').field("seeds_per_second", static_cast<std::uint64_t>(seeds));
    to.field("events_per_second", static_cast<std::uint64_t>(events));
    fmt::print("{}\n", to.field("seeds", done.seeds).close('}').text());
  } else {
    fmt::print("{:.0f} seeds a second, {:.0f} events a second, {:.0f} events a seed, one core\n",
               seeds, events, static_cast<double>(done.events) / static_cast<double>(done.seeds));
  }
  return seeds >= said.at_least ? exit_good : exit_budget;
}

}  // namespace

command add_sweep(CLI::App& to) {
  const auto said = std::make_shared<seed_words>();
  CLI::App* const line =
      to.add_subcommand("sweep", "Play random scenes with random faults, one for each seed");
  add_limits(*line, *said);
  add_jobs(*line, said->limits.jobs);
  add_out(*line, said->out);
  line->callback([said] {
    if (!said->limits.count && !said->limits.seconds) said->limits.count = usual_seeds;
  });
  return {.line = line, .run = [said] { return sweep(*said); }};
}

command add_bench(CLI::App& to) {
  const auto said = std::make_shared<bench_words>();
  CLI::App* const line = to.add_subcommand("bench", "Seeds and events a second, on one core");
  add_limits(*line, *said);
  line->add_option("--at-least", said->at_least, "Fail below so many seeds a second");
  line->callback([said] {
    if (!said->limits.count && !said->limits.seconds) said->limits.seconds = 5;
  });
  return {.line = line, .run = [said] { return bench(*said); }};
}

}  // namespace dovetail::sim
