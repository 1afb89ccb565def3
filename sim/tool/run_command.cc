// run: scenarios of every kind, and plain scenes.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <fmt/core.h>

#include "base/text.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/search/sweep.h"
#include "sim/tool/campaign.h"
#include "sim/tool/commands.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/exploring.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/tool/seeds.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t usual_seeds = 1000;
constexpr std::uint32_t pct_depth_max = 64;

struct run_words : seed_words {
  std::vector<std::string> files;
  std::string policy = "random";
  std::string trace;  // where to leave one run, whatever comes of it
  sim::policy how;
  bool long_too = false;
};

policy read_policy(std::string_view text) {
  if (text == "random") return {};
  const auto depth =
      text.starts_with("pct:") ? parse_unsigned(text.substr(4), pct_depth_max) : std::nullopt;
  if (!depth || *depth == 0)
    throw CLI::ValidationError("--policy", "random, or pct:D from pct:1 on");
  return {.pct_depth = static_cast<std::uint32_t>(*depth)};
}

// One run, good or not, to be looked at.
exit_code leave_run(const trace& made, const scenario& of, const run_words& said) {
  if (!write_file(said.trace, print(made))) return exit_usage;
  if (said.json) {
    json_writer to;
    to.open('{').field("run", stem_of(of.file)).field("seed", said.limits.first);
    to.field("good", made.found == oracle::none).field("rule", name_of(made.found));
    fmt::print("{}\n", to.field("trace", said.trace).close('}').text());
  } else {
    fmt::print("{}: seed {}: {}\ndovetail-sim replay {}\n", stem_of(of.file), said.limits.first,
               made.found == oracle::none ? "all rules hold" : name_of(made.found), said.trace);
  }
  return exit_code_of({.broken = made.found, .at = 0, .text = {}});
}

// Plain scenes and swarms.
exit_code run_seeds(const scenario& of, const run_words& said) {
  campaign_limits limits = said.limits;
  const bool swarm = of.kind == scenario::sort::swarm;
  if (!limits.count && !limits.seconds) limits.count = swarm ? of.seeds : usual_seeds;
  const auto scene_for = [&](std::uint64_t seed) { return swarm ? drawn_by(of, seed) : of.what; };
  const auto line = [&](std::uint64_t seed) {
    return fmt::format("dovetail-sim run {} --policy {} --seed {} --seeds 1", of.file, said.policy,
                       seed);
  };
  const auto play = [&](std::uint64_t seed) { return run_seed(scene_for(seed), seed, said.how); };
  const auto trace_of_seed = [&](std::uint64_t seed) {
    const auto choices = chooser_of(seed, said.how);
    return trace_of(scene_for(seed), *choices, line(seed));
  };
  if (!said.trace.empty()) {
    set_crash_line(line(limits.first));
    return leave_run(trace_of_seed(limits.first), of, said);
  }
  return play_seeds(
      said, limits,
      {.name = stem_of(of.file), .line = line, .play = play, .trace_of = trace_of_seed});
}

// A script has no choices to write down: what can be left is a picture.
std::optional<std::string> leave_picture(const scenario& of,
                                         const scenario_result& done,
                                         const std::string& directory) {
  if (!done.order) return std::nullopt;
  std::string path = directory + "/" + stem_of(of.file) + ".html";
  if (!write_file(path, draw_html(record(of, *done.order)))) return std::nullopt;
  return path;
}

exit_code run_one_script(const scenario& of, const run_words& said) {
  set_crash_line(fmt::format("dovetail-sim run {}", of.file));
  scenario_options how;
  how.long_too = true;
  const scenario_result done = run_scenario(of, how);
  const auto picture = done.good ? std::nullopt : leave_picture(of, done, said.out);
  if (said.json) {
    json_writer to;
    to.open('{').field("run", stem_of(of.file)).field("orders", done.runs);
    to.field("events", done.events).field("good", done.good);
    if (!done.good) to.field("text", done.text);
    if (picture) to.field("picture", *picture);
    fmt::print("{}\n", to.close('}').text());
  } else {
    fmt::print("{}: {}, {}: {}\n", stem_of(of.file), counted(done.runs, "order"),
               counted(done.events, "event"), done.good ? "as expected" : "not as expected");
    if (!done.good) fmt::print("dovetail-sim run {}  # {}\n", of.file, done.text);
    if (picture) fmt::print("  look at {}\n", *picture);
  }
  if (done.good) return exit_good;
  return done.found.good() ? exit_safety : exit_code_of(done.found);
}

exit_code run_one(const scenario& of, const run_words& said) {
  if (of.is_long && !said.long_too) {
    if (!said.json) fmt::print("{}: takes long, passed over without --long\n", stem_of(of.file));
    return exit_good;
  }
  switch (of.kind) {
    case scenario::sort::script:
      return run_one_script(of, said);
    case scenario::sort::explore:
      return explore_scenario(
          of, {.out = said.out, .certificate = {}, .jobs = said.limits.jobs, .json = said.json});
    default:
      return run_seeds(of, said);
  }
}

// A script has no choices to write down, an exploration has many runs.
bool may_be_traced(const std::vector<scenario>& all) {
  const bool fits = all.size() == 1 && (all.front().kind == scenario::sort::plain ||
                                        all.front().kind == scenario::sort::swarm);
  if (!fits) fmt::print(stderr, "dovetail-sim: --trace is for one plain scene, or one swarm\n");
  return fits;
}

// All are read before the first is played.
int run_files(const run_words& said) {
  std::vector<scenario> all;
  bool readable = true;
  for (const std::string& file : scenarios_in(said.files)) {
    auto of = read_scenario(file);
    readable = readable && of;
    if (of) all.push_back(std::move(*of));
  }
  if (!readable) return exit_usage;
  if (!said.trace.empty() && !may_be_traced(all)) return exit_usage;
  exit_code worst = exit_good;
  std::uint64_t failed = 0;
  for (const scenario& each : all) {
    const exit_code code = run_one(each, said);
    failed += code == exit_good ? 0 : 1;
    worst = std::max(worst, code);
  }
  if (all.size() > 1 && !said.json) fmt::print("{} files, {} failed\n", all.size(), failed);
  return worst;
}

}  // namespace

command add_run(CLI::App& to) {
  const auto said = std::make_shared<run_words>();
  CLI::App* const line = to.add_subcommand("run", "Play scenarios, or plain scenes with seeds");
  line->add_option("FILE", said->files,
                   "Scenarios of any kind, or scenes, as YAML; or folders of them")
      ->required();
  line->add_option("--policy", said->policy, "Who chooses for a seed: random, or pct:D")
      ->capture_default_str();
  line->add_flag("--long", said->long_too, "Also scenarios that take long");
  add_limits(*line, *said);
  add_jobs(*line, said->limits.jobs);
  add_out(*line, said->out);
  line->add_option("--trace", said->trace,
                   "Play --seed alone, and write its run there, whatever comes of it")
      ->excludes(line->get_option("--seeds"))
      ->excludes(line->get_option("--time"));
  line->callback([said] { said->how = read_policy(said->policy); });
  return {.line = line, .run = [said] { return run_files(*said); }};
}

}  // namespace dovetail::sim
