// blame: which choice of a failing run was the one that mattered.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/picture/blame.h"
#include "sim/picture/json.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/tool/progress.h"
#include "sim/trace/blame.h"
#include "sim/trace/choice.h"

namespace dovetail::sim {
namespace {

struct blame_words {
  std::string path;
  std::string to;
  std::uint64_t runs = 300;
  std::uint64_t seed = 1;
  bool json = false;
};

std::string blame_json(const blamed& of) {
  json_writer to;
  to.open('{').field("runs", std::uint64_t{of.runs}).name("moments").open('[');
  for (const blamed_moment& each : of.moments) {
    to.open('{').field("event", each.event);
    to.field("choice", each.event == 0 ? std::string() : to_text(each.made));
    to.field("failed", std::uint64_t{each.failed}).close('}');
  }
  to.close(']').field("decisive", std::uint64_t{of.decisive});
  return to.field("doomed", std::uint64_t{of.doomed}).close('}').text();
}

int blame_one(const blame_words& said) {
  const auto of = read_trace(said.path);
  if (!of) return exit_usage;
  progress shown("moments");
  const blamed found =
      blame(*of, static_cast<std::uint32_t>(said.runs), said.seed,
            [&](std::size_t done, std::size_t all) {
              shown.show(done, static_cast<double>(done) / static_cast<double>(all));
            });
  if (!found.reproduced) return refuse_unbroken(said.path, *of, "nothing is to blame");
  if (!said.to.empty() && !write_file(said.to, draw_blame(found))) return exit_usage;
  if (said.json) {
    fmt::print("{}\n", blame_json(found));
  } else if (said.to != "-") {
    fmt::print("{}", list_blame(found));
  }
  return exit_good;
}

}  // namespace

command add_blame(CLI::App& to) {
  const auto said = std::make_shared<blame_words>();
  CLI::App* const line =
      to.add_subcommand("blame",
                        "Find the choice that made a run fail: how often do others fail "
                        "that go on from each of its moments?");
  line->add_option("TRACE", said->path, "A file that a failing run has left")->required();
  line->add_option("--runs", said->runs, "Random continuations of each moment")
      ->check(whole_number(1, 1'000'000))
      ->capture_default_str();
  line->add_option("--seed", said->seed, "Of the continuations")
      ->check(whole_number())
      ->capture_default_str();
  line->add_option("-o", said->to, "Draw it as SVG into this file, - for standard output");
  line->add_flag("--json", said->json, "Print JSON");
  return {.line = line, .run = [said] { return blame_one(*said); }};
}

}  // namespace dovetail::sim
