// dovetail-sim: a world around the proxy. For now, its servers and its clients on real sockets.

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <fmt/core.h>

#include "sim/tool/commands.h"

namespace {

using dovetail::sim::command;

constexpr int usage_error = 2;

// Returns the process's exit code.
int run(int argc, char** argv) {
  CLI::App app("Model servers and clients of redis and memcached for dovetail.", "dovetail-sim");
  app.require_subcommand(1);
  const std::array commands{dovetail::sim::add_serve(app), dovetail::sim::add_load(app)};

  const auto knows = [&](std::string_view name) {
    return std::ranges::any_of(commands,
                               [&](const command& each) { return each.line->get_name() == name; });
  };
  if (argc > 1 && argv[1][0] != '-' && !knows(argv[1])) {
    fmt::print(stderr, "dovetail-sim: unknown command '{}'; try --help\n", argv[1]);
    return usage_error;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_error;
  }
  const auto said =
      std::ranges::find_if(commands, [](const command& each) { return each.line->parsed(); });
  return said->run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dovetail-sim: %s\n", error.what());
    return 1;
  }
}
