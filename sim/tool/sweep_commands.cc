// run, sweep and bench: many seeds.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <fmt/core.h>

#include "base/text.h"
#include "sim/picture/json.h"
#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t usual_seeds = 1000;
constexpr std::uint32_t pct_depth_max = 64;

struct sweep_words {
  std::vector<std::string> files;
  campaign_limits limits;
  std::string policy = "random";
  std::string out = "sim-failures";
  double at_least = 0;
  bool json = false;
  sim::policy how;
};

void say(const sweep_words& said,
         std::string_view what,
         const campaign& done,
         const std::optional<failure>& left) {
  const double rate = done.seconds > 0 ? static_cast<double>(done.seeds) / done.seconds : 0;
  if (said.json) {
    json_writer to;
    to.open('{').field("run", what).field("seeds", done.seeds).field("events", done.events);
    to.field("first", said.limits.first).field("good", !left);
    to.field("microseconds", static_cast<std::uint64_t>(done.seconds * 1e6));
    if (left) {
      to.field("seed", *done.failed).name("failure");
      write(to, *left);
    }
    fmt::print("{}\n", to.close('}').text());
    return;
  }
  fmt::print("{}: {} seeds from {}, {} events in {:.1f} s ({:.0f} seeds a second): {}\n", what,
             done.seeds, said.limits.first, done.events, done.seconds, rate,
             left ? fmt::format("seed {} breaks a rule", *done.failed) : "all rules hold");
  if (left) fmt::print("{}", describe(*left));
}

// Plays the seeds; `of` makes a failing one again as a trace.
template <class Play, class TraceOf>
exit_code sweep_all(const sweep_words& said, const std::string& what, Play play, TraceOf of) {
  const campaign done = run_campaign(said.limits, play);
  std::optional<failure> left;
  exit_code code = exit_good;
  if (done.failed) {
    const trace failing = of(*done.failed);
    left = leave(failing, said.out, fmt::format("{}-{}", what, *done.failed));
    code = exit_code_of({.broken = failing.found, .at = 0, .text = {}});
  }
  say(said, what, done, left);
  return code;
}

int sweep(const sweep_words& said) {
  return sweep_all(said, "sweep", sweep_seed, [](std::uint64_t seed) {
    const auto choices = chooser_of(seed, policy_of(seed));
    return trace_of(scene_of(seed), *choices, fmt::format("dovetail-sim sweep --seed {}", seed));
  });
}

int run_files(const sweep_words& said) {
  exit_code worst = exit_good;
  for (const std::string& file : said.files) {
    const auto of = read_scene(file);
    if (!of) return exit_usage;
    const exit_code code = sweep_all(
        said, stem_of(file), [&](std::uint64_t seed) { return run_seed(*of, seed, said.how); },
        [&](std::uint64_t seed) {
          const auto choices = chooser_of(seed, said.how);
          return trace_of(
              *of, *choices,
              fmt::format("dovetail-sim run {} --policy {} --seed {}", file, said.policy, seed));
        });
    worst = std::max(worst, code);
  }
  return worst;
}

// One thread, nothing but runs.
int bench(const sweep_words& said) {
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

policy read_policy(std::string_view text) {
  if (text == "random") return {};
  const auto depth =
      text.starts_with("pct:") ? parse_unsigned(text.substr(4), pct_depth_max) : std::nullopt;
  if (!depth || *depth == 0)
    throw CLI::ValidationError("--policy", "random, or pct:D from pct:1 on");
  return {.pct_depth = static_cast<std::uint32_t>(*depth)};
}

void add_limits(CLI::App& to, sweep_words& said) {
  to.add_option("--seed", said.limits.first, "The first seed")->capture_default_str();
  to.add_option("--seeds", said.limits.count, "How many");
  to.add_option("--time", said.limits.seconds, "For so many seconds")->check(CLI::Range(0.0, 1e6));
  to.add_flag("--json", said.json, "Print a line of JSON");
}

void add_jobs(CLI::App& to, sweep_words& said) {
  said.limits.jobs = std::max(1U, std::thread::hardware_concurrency());
  to.add_option("--jobs", said.limits.jobs, "Threads")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  to.add_option("--out", said.out, "Where failing runs are left")->capture_default_str();
}

void complete(sweep_words& said) {
  if (!said.limits.count && !said.limits.seconds) said.limits.count = usual_seeds;
  said.how = read_policy(said.policy);
}

}  // namespace

command add_run(CLI::App& to) {
  const auto said = std::make_shared<sweep_words>();
  CLI::App* const line = to.add_subcommand("run", "Play scenes with seeds");
  line->add_option("FILE", said->files, "Scenes as YAML")->required();
  line->add_option("--policy", said->policy, "random, or pct:D")->capture_default_str();
  add_limits(*line, *said);
  add_jobs(*line, *said);
  line->callback([said] { complete(*said); });
  return {.line = line, .run = [said] { return run_files(*said); }};
}

command add_sweep(CLI::App& to) {
  const auto said = std::make_shared<sweep_words>();
  CLI::App* const line =
      to.add_subcommand("sweep", "Play random scenes with random faults, one for each seed");
  add_limits(*line, *said);
  add_jobs(*line, *said);
  line->callback([said] { complete(*said); });
  return {.line = line, .run = [said] { return sweep(*said); }};
}

command add_bench(CLI::App& to) {
  const auto said = std::make_shared<sweep_words>();
  CLI::App* const line = to.add_subcommand("bench", "Seeds and events a second, on one core");
  add_limits(*line, *said);
  line->add_option("--at-least", said->at_least, "Fail below so many seeds a second");
  line->callback([said] {
    if (!said->limits.count && !said->limits.seconds) said->limits.seconds = 5;
  });
  return {.line = line, .run = [said] { return bench(*said); }};
}

}  // namespace dovetail::sim
