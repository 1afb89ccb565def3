#include <cstdint>
#include <limits>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "sim/tool/commands.h"
#include "sim/tool/serve.h"

namespace dovetail::sim {

command add_serve(CLI::App& to) {
  const auto how = std::make_shared<serve_options>();
  const CLI::Range port(0, int{std::numeric_limits<std::uint16_t>::max()});
  CLI::App* const line = to.add_subcommand("serve", "Run model servers until SIGINT or SIGTERM");
  line->add_option("--redis", how->redis_ports, "A model redis on each of these ports; 0: any")
      ->check(port);
  line->add_option("--memcache", how->memcache_ports, "A model memcached on each; 0: any")
      ->check(port);
  line->add_option("--host", how->host, "The address to listen on")->capture_default_str();
  line->add_flag("--json", how->json, "Print the ports as JSON");
  line->callback([how] {
    if (how->redis_ports.empty() && how->memcache_ports.empty()) {
      throw CLI::ValidationError("serve", "give at least one --redis or --memcache port");
    }
  });
  return {.line = line, .run = [how] { return serve(*how); }};
}

}  // namespace dovetail::sim
