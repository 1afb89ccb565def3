// dovetail-sim: a world around the proxy. For now, the servers of that world on real sockets.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <fmt/core.h>

#include "sim/tool/serve.h"

namespace {

constexpr int usage_error = 2;

bool knows(const CLI::App& app, std::string_view command) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  return std::ranges::any_of(all,
                             [&](const CLI::App* each) { return each->get_name() == command; });
}

// Returns the process's exit code.
int run(int argc, char** argv) {
  CLI::App app("Model redis and memcached servers for dovetail.", "dovetail-sim");
  app.require_subcommand(1);

  dovetail::sim::serve_options how;
  const CLI::Range port(0, int{std::numeric_limits<std::uint16_t>::max()});
  CLI::App* const serve = app.add_subcommand("serve", "Run model servers until SIGINT or SIGTERM");
  serve->add_option("--redis", how.redis_ports, "A model redis on each of these ports; 0: any")
      ->check(port);
  serve->add_option("--memcache", how.memcache_ports, "A model memcached on each; 0: any")
      ->check(port);
  serve->add_option("--host", how.host, "The address to listen on")->capture_default_str();
  serve->add_flag("--json", how.json, "Print the ports as JSON");

  if (argc > 1 && argv[1][0] != '-' && !knows(app, argv[1])) {
    fmt::print(stderr, "dovetail-sim: unknown command '{}'; try --help\n", argv[1]);
    return usage_error;
  }
  try {
    app.parse(argc, argv);
    if (how.redis_ports.empty() && how.memcache_ports.empty()) {
      throw CLI::ValidationError("serve", "give at least one --redis or --memcache port");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_error;
  }
  return dovetail::sim::serve(how);
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
