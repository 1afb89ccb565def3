#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/net/choice.h"
#include "sim/picture/json.h"
#include "sim/search/exhaustive.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/progress.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

struct explore_words {
  std::string file;
  std::string certificate;
  std::string out = "sim-failures";
  exploration_limits limits;
  bool json = false;
};

// The path that a search has found, then the dull choices.
class path_chooser final : public chooser {
 public:
  explicit path_chooser(std::span<const std::uint32_t> path) : path_(path) {}

  std::size_t pick(std::span<const happening>) override { return next(); }
  std::uint32_t choose(std::uint32_t, site) override { return next(); }

 private:
  std::uint32_t next() { return at_ < path_.size() ? path_[at_++] : 0; }

  std::span<const std::uint32_t> path_;
  std::size_t at_ = 0;
};

std::string to_json(const std::string& file,
                    const exploration& of,
                    const std::optional<failure>& left) {
  json_writer to;
  to.open('{').field("scene", file).field("complete", of.complete).field("good", of.found.good());
  to.field("states", of.states).field("transitions", of.transitions);
  to.field("outcomes", of.outcomes).field("depth", of.depth).field("events", of.events);
  to.field("certificate", fmt::format("{:016x}{:016x}", of.certificate.high, of.certificate.low));
  if (left) {
    to.name("failure");
    write(to, *left);
  }
  return to.close('}').text() + "\n";
}

int explore_file(const explore_words& said) {
  const auto of = read_scene(said.file);
  if (!of) return exit_usage;
  progress shown("states");
  const exploration all = explore(*of, said.limits, [&](const exploration& so_far) {
    shown.show(so_far.states, {});
    return true;
  });
  std::optional<failure> left;
  if (!all.found.good()) {
    path_chooser again(all.path);
    left = leave(trace_of(*of, again, "dovetail-sim explore " + said.file), said.out,
                 stem_of(said.file));
  }
  const std::string json = to_json(said.file, all, left);
  if (!said.certificate.empty() && !write_file(said.certificate, json)) return exit_usage;
  if (said.json) {
    fmt::print("{}", json);
  } else {
    fmt::print("{}: {} states, {} transitions, {} outcomes in {:.1f} s: {}\n", said.file,
               all.states, all.transitions, all.outcomes, shown.seconds(),
               left           ? "a rule is broken"
               : all.complete ? "complete, all rules hold"
                              : "not complete");
    if (left) fmt::print("{}", describe(*left));
  }
  if (!all.found.good()) return exit_code_of(all.found);
  return all.complete ? exit_good : exit_budget;
}

}  // namespace

command add_explore(CLI::App& to) {
  const auto said = std::make_shared<explore_words>();
  CLI::App* const line = to.add_subcommand("explore", "Play every run of a scene");
  line->add_option("FILE", said->file, "A scene as YAML")->required();
  line->add_option("--certificate", said->certificate, "Write what was explored to this file");
  line->add_option("--states", said->limits.states, "Give up beyond so many")
      ->capture_default_str();
  line->add_option("--out", said->out, "Where a failing run is left")->capture_default_str();
  line->add_flag("--json", said->json, "Print a line of JSON");
  return {.line = line, .run = [said] { return explore_file(*said); }};
}

}  // namespace dovetail::sim
