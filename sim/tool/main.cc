// dovetail-sim: the proxy in a simulated world, and that world's servers and clients on real
// sockets.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <fmt/core.h>

#include "sim/tool/commands.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"

namespace dovetail::sim {
namespace {

// In the order in which --help shows them.
constexpr command (*adders[])(CLI::App&) = {
    add_run,   add_sweep,   add_explore, add_replay, add_shrink, add_view, add_import,
    add_blame, add_mutants, add_doctor,  add_bench,  add_serve,  add_load,
};

// As it can be given to a shell again.
std::string command_line(int argc, char** argv) {
  std::string line = "dovetail-sim";
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    const bool is_plain = !word.empty() && word.find_first_of(" \t\n\"'\\$`*?;&|<>()#~[]{}!") ==
                                               std::string_view::npos;
    line += is_plain ? fmt::format(" {}", word) : fmt::format(" '{}'", word);
  }
  return line;
}

// Returns the process's exit code.
int run(int argc, char** argv) {
  CLI::App app("The proxy in a simulated world: every run can be had again.", "dovetail-sim");
  app.require_subcommand(1);
  std::vector<command> commands;
  for (const auto add : adders)
    commands.push_back(add(app));

  const auto knows = [&](std::string_view name) {
    return std::ranges::any_of(commands,
                               [&](const command& each) { return each.line->get_name() == name; });
  };
  if (argc > 1 && argv[1][0] != '-' && !knows(argv[1])) {
    fmt::print(stderr, "dovetail-sim: unknown command '{}'; try --help\n", argv[1]);
    return exit_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_good : exit_usage;
  }
  const auto said =
      std::ranges::find_if(commands, [](const command& each) { return each.line->parsed(); });
  const CLI::Option* const json = said->line->get_option_no_throw("--json");
  if (json != nullptr && json->count() > 0) print_crashes_as_json();
  return said->run();
}

}  // namespace
}  // namespace dovetail::sim

int main(int argc, char** argv) {
  // What has been said is not lost in a crash.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  dovetail::sim::catch_crashes(dovetail::sim::command_line(argc, argv));
  try {
    return dovetail::sim::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dovetail-sim: %s\n", error.what());
    return dovetail::sim::exit_usage;
  }
}
