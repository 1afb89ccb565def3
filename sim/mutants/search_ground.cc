#include <cstddef>
#include <cstdint>
#include <optional>

#include "sim/mutants/hunt.h"
#include "sim/net/choice.h"
#include "sim/search/exhaustive.h"
#include "sim/search/random_scene.h"
#include "sim/search/sweep.h"
#include "sim/search/tape_chooser.h"
#include "sim/trace/play.h"
#include "sim/trace/shrink.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

// Of the smallest run that breaks the rule that the run of `by` in `of` breaks. None where it
// cannot be had again.
std::optional<std::size_t> own_choices(const scene& of, chooser& by) {
  const shrunk least = shrink(trace_of(of, by, "hunt"));
  if (!least.reproduced) return std::nullopt;
  return deviations(least.smallest.choices);
}

bag search_every_run(const hunting_ground& where) {
  const exploration all = explore(where.of, {.states = where.states});
  bag got{.found = all.found,
          .runs = all.runs,
          .states = all.states,
          .complete = all.complete,
          .own = {}};
  tape_chooser again(all.path);
  if (!all.found.good()) got.own = own_choices(where.of, again);
  return got;
}

bag search_at_random(const hunting_ground& where) {
  bag all;
  for (std::uint64_t seed = 1; seed <= where.seeds; ++seed) {
    scene of = random_scene(seed);
    of.oracles_off = where.of.oracles_off;
    ++all.runs;
    all.found = run_seed(of, seed, policy_of(seed)).found;
    if (all.found.good()) continue;
    all.own = own_choices(of, *chooser_of(seed, policy_of(seed)));
    return all;
  }
  return all;
}

}  // namespace

bag search_ground(const hunting_ground& where) {
  return where.seeds > 0 ? search_at_random(where) : search_every_run(where);
}

}  // namespace dovetail::sim
