#include "sim/tool/seeds.h"

#include <algorithm>
#include <cstdint>
#include <functional>
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
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
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
    to.field("first", limits.first).field("good", !left);
    to.field("microseconds", static_cast<std::uint64_t>(done.seconds * 1e6));
    if (left) {
      to.field("seed", *done.failed).name("failure");
      write(to, *left);
    }
    fmt::print("{}\n", to.close('}').text());
    return;
  }
  fmt::print("{}: {} seeds from {}, {} events in {:.1f} s ({:.0f} seeds a second): {}\n", what,
             done.seeds, limits.first, done.events, done.seconds, rate,
             left ? fmt::format("seed {} breaks a rule", *done.failed) : "all rules hold");
  if (left) fmt::print("{}", describe(*left));
}

}  // namespace

void add_limits(CLI::App& to, seed_words& said) {
  to.add_option("--seed", said.limits.first, "The first seed")->capture_default_str();
  to.add_option("--seeds", said.limits.count, "How many");
  to.add_option("--time", said.limits.seconds, "For so many seconds")->check(CLI::Range(0.0, 1e6));
  to.add_flag("--json", said.json, "Print a line of JSON");
}

void add_jobs(CLI::App& to, unsigned& jobs) {
  jobs = std::max(1U, std::thread::hardware_concurrency());
  to.add_option("--jobs", jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
}

void add_out(CLI::App& to, std::string& out) {
  to.add_option("--out", out, "Where failing runs are left")->capture_default_str();
}

exit_code play_seeds(const seed_words& said,
                     const campaign_limits& limits,
                     const std::string& what,
                     const std::function<seed_run(std::uint64_t)>& play,
                     const std::function<trace(std::uint64_t)>& trace_of) {
  const campaign done = run_campaign(limits, play);
  std::optional<failure> left;
  exit_code code = exit_good;
  if (done.failed) {
    const trace failing = trace_of(*done.failed);
    left = leave(failing, said.out, fmt::format("{}-{}", what, *done.failed));
    code = exit_code_of({.broken = failing.found, .at = 0, .text = {}});
  }
  say(said, limits, what, done, left);
  return code;
}

}  // namespace dovetail::sim
