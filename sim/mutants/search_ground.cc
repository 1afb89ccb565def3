#include <cstdint>

#include "sim/mutants/hunt.h"
#include "sim/search/exhaustive.h"
#include "sim/search/random_scene.h"
#include "sim/search/sweep.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

bag search_every_run(const hunting_ground& where) {
  const exploration all = explore(where.of, {.states = where.states});
  return {.found = all.found,
          .runs = all.runs,
          .states = all.states,
          .complete = all.complete,
          .choices = all.path};
}

bag search_at_random(const hunting_ground& where) {
  bag all;
  for (std::uint64_t seed = 1; seed <= where.seeds; ++seed) {
    scene of = random_scene(seed);
    of.oracles_off = where.of.oracles_off;
    ++all.runs;
    all.found = run_seed(of, seed, policy_of(seed)).found;
    if (all.found.good()) continue;
    return all;
  }
  return all;
}

}  // namespace

bag search_ground(const hunting_ground& where) {
  return where.seeds > 0 ? search_at_random(where) : search_every_run(where);
}

}  // namespace dovetail::sim
