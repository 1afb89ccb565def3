#include "sim/recording/import.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/config.h"
#include "config/config_error.h"
#include "config/parse.h"
#include "recorder/file.h"
#include "sim/recording/peer_events.h"
#include "sim/recording/script_writer.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/player.h"
#include "sim/scenario/scenario.h"

namespace dovetail::sim {
namespace {

std::expected<const pool_config*, std::string> pool_in(const config& all, const std::string& name) {
  std::vector<std::string> names;
  for (const pool_config& each : all.pools) {
    if (each.name == name || (name.empty() && all.pools.size() == 1)) return &each;
    names.push_back(each.name);
  }
  return std::unexpected(fmt::format("{}: it has {}",
                                     name.empty() ? "of which pool" : "there is no pool " + name,
                                     fmt::join(names, ", ")));
}

// The line of a script of which that is said; 0: none.
int line_in(std::string_view problem) {
  const std::size_t at = problem.find(':');
  int line = 0;
  if (at != std::string_view::npos)
    std::from_chars(problem.data() + at + 1, problem.data() + problem.size(), line);
  return line;
}

// Takes out what the model has no occasion for, one step after the other.
std::expected<void, std::string> play(script_writer& of, imported& into) {
  for (;;) {
    into.script = of.text();
    const auto read = parse_scenario(into.script, "the script made of it");
    if (!read) return std::unexpected(to_string(read.error().front()));
    const auto orders = orders_of(read->steps);
    player played(*read);
    const bool done = played.play(orders.front());
    const std::string problem = played.problem();
    const auto at = std::ranges::find(read->steps, line_in(problem), &script_step::line);
    if (done || problem.empty() || at == read->steps.end()) {
      into.found = played.of().found();
      return {};
    }
    of.leave_out(static_cast<std::size_t>(at - read->steps.begin()));
  }
}

}  // namespace

std::expected<imported, std::string> import_recording(const recording& of,
                                                      const import_options& how) {
  if (how.from > how.until)
    return std::unexpected(fmt::format("no event is from {} to {}", how.from, how.until));
  const auto with = parse_config(of.configuration, "its configuration");
  if (!with) return std::unexpected(to_string(with.error().front()));
  const auto pool = pool_in(with->what, how.pool);
  if (!pool) return std::unexpected(pool.error());
  const std::uint64_t servers = (*pool)->servers.size();
  if (servers > limits_of("servers").most) {
    return std::unexpected(fmt::format("pool {} has {} servers, a scenario has {} at most",
                                       (*pool)->name, servers, limits_of("servers").most));
  }
  peer_event_reader from(**pool, how.from, how.until);
  from.read(of);
  script_writer made(**pool, from);
  imported result;
  result.clients = made.clients();
  result.requests = made.requests();
  result.reloaded = from.reloaded();
  if (result.requests == 0) {
    const std::string until =
        from.reloaded() > 0
            ? fmt::format(" before event {}, with which another configuration took over",
                          from.reloaded())
            : "";
    return std::unexpected(
        fmt::format("nobody asks pool {} anything there{}", (*pool)->name, until));
  }
  if (result.requests > imported_requests_max) {
    return std::unexpected(
        fmt::format("{} requests there, {} at most make a scenario: --from and "
                    "--until take a part",
                    result.requests, imported_requests_max));
  }
  if (const auto done = play(made, result); !done) return std::unexpected(done.error());
  result.steps = made.steps();
  result.left_out = made.left_out();
  return result;
}

}  // namespace dovetail::sim
