// run: scenarios of every kind, and plain scenes.

#include <algorithm>
#include <cstddef>
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
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/tool/seeds.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t usual_seeds = 1000;
constexpr std::uint32_t pct_depth_max = 64;

struct run_words : seed_words {
  std::vector<std::string> files;
  std::string policy = "random";
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

// Plain scenes and swarms.
exit_code run_seeds(const scenario& of, const std::string& name, const run_words& said) {
  campaign_limits limits = said.limits;
  const bool swarm = of.kind == scenario::sort::swarm;
  if (!limits.count && !limits.seconds) limits.count = swarm ? of.seeds : usual_seeds;
  const auto scene_for = [&](std::uint64_t seed) { return swarm ? drawn_by(of, seed) : of.what; };
  const auto line = [&](std::uint64_t seed) {
    return fmt::format("dovetail-sim run {} --policy {} --seed {}", of.file, said.policy, seed);
  };
  const auto policy_for = [&](std::uint64_t) { return said.how; };
  return play_seeds(said, limits,
                    {.name = name, .line = line, .scene_for = scene_for, .policy_for = policy_for});
}

exit_code run_one_script(const scenario& of, const std::string& name, const run_words& said) {
  set_crash_line(fmt::format("dovetail-sim run {}", of.file));
  scenario_options how;
  how.long_too = true;
  const scenario_result done = run_scenario(of, how);
  // A script has no choices to write down: what can be left is a picture.
  std::optional<std::string> picture;
  if (!done.good && done.order) picture = leave_picture(record(of, *done.order), said.out, name);
  if (said.json) {
    json_writer to;
    to.open('{').field("run", name).field("orders", done.runs);
    to.field("events", done.events).field("good", done.good);
    if (!done.good) to.field("text", done.text);
    if (picture) to.field("picture", *picture);
    fmt::print("{}\n", to.close('}').text());
  } else {
    fmt::print("{}: {}, {}: {}\n", name, counted(done.runs, "order"), counted(done.events, "event"),
               done.good ? "as expected" : "not as expected");
    if (!done.good) fmt::print("dovetail-sim run {}  # {}\n", of.file, done.text);
    if (picture) fmt::print("  look at {}\n", *picture);
  }
  if (done.good) return exit_good;
  return done.found.good() ? exit_safety : exit_code_of(done.found);
}

exit_code run_one(const scenario& of, const std::string& name, const run_words& said) {
  if (of.is_long && !said.long_too) {
    if (!said.json) fmt::print("{}: takes long, passed over without --long\n", name);
    return exit_good;
  }
  switch (of.kind) {
    case scenario::sort::script:
      return run_one_script(of, name, said);
    case scenario::sort::explore:
      return explore_scenario(of, {.name = name,
                                   .out = said.out,
                                   .certificate = {},
                                   .jobs = said.limits.jobs,
                                   .json = said.json});
    default:
      return run_seeds(of, name, said);
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
  const auto files = scenarios_in(said.files);
  if (!files) return exit_usage;
  for (const std::string& file : *files) {
    auto of = read_scenario(file);
    readable = readable && of;
    if (of) all.push_back(std::move(*of));
  }
  if (!readable) return exit_usage;
  if (!said.trace.empty() && !may_be_traced(all)) return exit_usage;
  exit_code worst = exit_good;
  std::vector<std::string> failed;
  const std::vector<std::string> names = names_of(*files);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const exit_code code = run_one(all[at], names[at], said);
    if (code != exit_good) failed.push_back(all[at].file);
    worst = std::max(worst, code);
  }
  if (all.size() < 2 || said.json) return worst;
  fmt::print("{} files, {} failed{}\n", all.size(), failed.size(), failed.empty() ? "" : ":");
  for (const std::string& each : failed)
    fmt::print("  {}\n", each);
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
  add_trace(*line, *said);
  line->callback([said] { said->how = read_policy(said->policy); });
  return {.line = line, .run = [said] { return run_files(*said); }};
}

}  // namespace dovetail::sim
