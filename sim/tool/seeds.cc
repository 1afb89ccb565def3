#include "sim/tool/seeds.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <ios>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Validators.hpp>
#include <fmt/core.h>

#include "sim/picture/json.h"
#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/trace/choice.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

void say(const seed_words& said,
         const campaign_limits& limits,
         std::string_view what,
         const campaign& done,
         const std::optional<failure>& left) {
  const double rate = done.seconds > 0 ? static_cast<double>(done.seeds) / done.seconds : 0;
  if (said.json) {
    json_writer to;
    to.open('{').field("run", what).field("seeds", done.seeds).field("events", done.events);
    to.field("first", limits.first).field("good", !left && done.seeds > 0);
    to.field("microseconds", static_cast<std::uint64_t>(done.seconds * 1e6));
    if (left) {
      to.field("seed", *done.failed).name("failure");
      write(to, *left);
    }
    fmt::print("{}\n", to.close('}').text());
    return;
  }
  fmt::print("{}: {} from {}, {} in {:.1f} s ({:.0f} seeds a second): {}\n", what,
             counted(done.seeds, "seed"), limits.first, counted(done.events, "event"), done.seconds,
             rate,
             left             ? fmt::format("seed {} breaks a rule", *done.failed)
             : done.seeds > 0 ? "all rules hold"
                              : "there was no time for any");
  if (left) fmt::print("{}", describe(*left));
}

trace trace_of_seed(const seed_runs& runs, std::uint64_t seed, const choice_watch& told = {}) {
  const auto choices = chooser_of(seed, runs.policy_for(seed));
  return trace_of(runs.scene_for(seed), *choices, runs.line(seed) + " --seeds 1", told);
}

// One run, good or not, to be looked at. Until it is over its file has the choices so far, so that
// a crash leaves those that led to it.
exit_code leave_run(const seed_words& said, std::uint64_t seed, const seed_runs& runs) {
  if (said.trace == "-") {
    fmt::print(stderr, "dovetail-sim: --trace is for a file\n");
    return exit_usage;
  }
  const std::string from = runs.line(seed) + " --seeds 1";
  const std::string begun = print_open({.from = from, .of = runs.scene_for(seed), .choices = {}});
  if (!write_file(said.trace, begun)) return exit_usage;
  std::ofstream so_far(said.trace, std::ios::binary | std::ios::app);
  const trace made = trace_of_seed(runs, seed, [&](const choice& each, std::uint64_t events) {
    so_far << print_line(each) << std::flush;
    set_crash_line(fmt::format("dovetail-sim view {} --until {}", said.trace, events));
  });
  so_far.close();
  if (!write_file(said.trace, print(made))) return exit_usage;
  if (said.json) {
    json_writer to;
    to.open('{').field("run", runs.name).field("seed", seed);
    to.field("good", made.found == oracle::none).field("rule", name_of(made.found));
    fmt::print("{}\n", to.field("trace", said.trace).close('}').text());
  } else {
    fmt::print("{}: seed {}: {}\ndovetail-sim replay {}\n", runs.name, seed,
               made.found == oracle::none ? "all rules hold" : name_of(made.found), said.trace);
  }
  return exit_code_of({.broken = made.found, .at = 0, .text = {}});
}

}  // namespace

void add_limits(CLI::App& to, seed_words& said) {
  to.add_option("--seed", said.limits.first, "The first seed")
      ->check(whole_number())
      ->capture_default_str();
  to.add_option(
        "--seeds", said.limits.count,
        "How many, or fewer where --time is over before; without both 1000, or as many as a "
        "swarm says")
      ->check(whole_number(1));
  to.add_option("--time", said.limits.seconds, "For so many seconds")->check(some_time(1e6));
  to.add_flag("--json", said.json, "Print a line of JSON");
}

void add_jobs(CLI::App& to, unsigned& jobs) {
  jobs = std::max(1U, std::thread::hardware_concurrency());
  to.add_option("--jobs", jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
}

void add_out(CLI::App& to, std::string& out) {
  to.add_option("--out", out, "Where failing runs are left")->capture_default_str();
}

void add_trace(CLI::App& to, seed_words& said) {
  to.add_option("--trace", said.trace,
                "Play --seed alone, and write its run there, whatever comes of it")
      ->excludes(to.get_option("--seeds"))
      ->excludes(to.get_option("--time"));
}

exit_code play_seeds(const seed_words& said, const campaign_limits& limits, const seed_runs& runs) {
  if (!said.trace.empty()) return leave_run(said, limits.first, runs);
  const auto note = [&](std::uint64_t seed) {
    set_crash_line(fmt::format("{} --trace {}-{}.trace", runs.line(seed), runs.name, seed));
  };
  const campaign done = run_campaign(limits, [&](std::uint64_t seed) {
    note(seed);
    return run_seed(runs.scene_for(seed), seed, runs.policy_for(seed));
  });
  std::optional<failure> left;
  exit_code code = done.seeds > 0 ? exit_good : exit_budget;
  if (done.failed) {
    note(*done.failed);
    const trace failing = trace_of_seed(runs, *done.failed);
    left = leave(failing, said.out, fmt::format("{}-{}", runs.name, *done.failed));
    code = exit_code_of({.broken = failing.found, .at = 0, .text = {}});
  }
  say(said, limits, runs.name, done, left);
  return code;
}

}  // namespace dovetail::sim
