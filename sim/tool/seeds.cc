#include "sim/tool/seeds.h"

#include <algorithm>
#include <cstdint>
#include <optional>
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
#include "sim/tool/numbers.h"
#include "sim/trace/trace.h"

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

}  // namespace

void add_limits(CLI::App& to, seed_words& said) {
  to.add_option("--seed", said.limits.first, "The first seed")
      ->check(whole_number())
      ->capture_default_str();
  to.add_option("--seeds", said.limits.count, "How many")->check(whole_number(1));
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

exit_code play_seeds(const seed_words& said, const campaign_limits& limits, const seed_runs& runs) {
  const campaign done = run_campaign(limits, [&](std::uint64_t seed) {
    set_crash_line(runs.line(seed));
    return runs.play(seed);
  });
  std::optional<failure> left;
  exit_code code = done.seeds > 0 ? exit_good : exit_budget;
  if (done.failed) {
    set_crash_line(runs.line(*done.failed));
    const trace failing = runs.trace_of(*done.failed);
    left = leave(failing, said.out, fmt::format("{}-{}", runs.name, *done.failed));
    code = exit_code_of({.broken = failing.found, .at = 0, .text = {}});
  }
  say(said, limits, runs.name, done, left);
  return code;
}

}  // namespace dovetail::sim
