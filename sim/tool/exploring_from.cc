#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/exploring.h"
#include "sim/tool/failure.h"
#include "sim/tool/numbers.h"
#include "sim/tool/progress.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

std::string print_end(const exploration& of) {
  if (of.complete && of.outcomes == 0) return "no run comes to an end";
  if (!of.found.good()) return fmt::format("breaks {}", name_of(of.found.broken));
  return of.complete ? "complete, all rules hold" : "not complete";
}

exit_code code_of(const exploration& of) {
  if (!of.found.good()) return exit_code_of(of.found);
  return of.complete && of.outcomes > 0 ? exit_good : exit_budget;
}

}  // namespace

exit_code explore_from(const scenario& script,
                       std::uint64_t from,
                       std::size_t depth,
                       const explore_words& said) {
  const bool limited = depth != exploration_limits().depth;
  const std::string line = fmt::format("dovetail-sim explore {} --from {}{}", script.file, from,
                                       limited ? fmt::format(" --depth {}", depth) : "");
  set_crash_line(line);
  const auto begin = beginner_of(script, from);
  if (!begin) {
    fmt::print(stderr, "dovetail-sim: {}: before event {}: {}\n", script.file, from, begin.error());
    return exit_usage;
  }
  progress shown("states");
  const exploration_limits limits{.states = script.states_max, .depth = depth, .jobs = said.jobs};
  const exploration_progress tell = [&](const exploration& so_far) {
    shown.show(so_far.states, std::nullopt);
    return true;
  };
  exhaustive_search search(*begin, limits, tell);
  const exploration found = search_together(search, said.jobs, line);
  const double seconds = shown.seconds();
  std::optional<std::string> picture;
  if (!found.found.good())
    picture = leave_picture(record(script, from, found.path), said.out, said.name);
  if (said.json) {
    json_writer to;
    to.open('{').field("scene", script.file).field("from", from).field("good", found.found.good());
    write_numbers(to, found, seconds);
    if (!found.found.good()) {
      to.field("rule", name_of(found.found.broken)).field("text", describe(found.found));
    }
    if (picture) to.field("picture", *picture);
    fmt::print("{}\n", to.close('}').text());
    return code_of(found);
  }
  fmt::print("{} from event {} on{}: {}, {}, {} in {:.1f} s: {}\n", script.file, from,
             limited ? fmt::format(", {} far", counted(depth, "choice")) : "",
             counted(found.states, "state"), counted(found.transitions, "transition"),
             counted(found.outcomes, "outcome"), seconds, print_end(found));
  if (!found.found.good()) fmt::print("{}  # {}\n", line, describe(found.found));
  if (picture) fmt::print("  look at {}\n", *picture);
  return code_of(found);
}

}  // namespace dovetail::sim
