#include "sim/search/sweep.h"

#include <cstdint>
#include <memory>

#include "base/random.h"
#include "sim/net/choice.h"
#include "sim/search/pct_chooser.h"
#include "sim/search/random_chooser.h"
#include "sim/search/random_scene.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

// A stream of its own for each purpose: a draw more for one moves nothing in another.
std::uint64_t stream_of(std::uint64_t seed, std::uint64_t purpose) {
  return random_stream(seed * 0x9e3779b97f4a7c15U + purpose).next();
}

// About how many happenings a swept run has.
constexpr std::uint32_t usual_length = 50;

}  // namespace

policy policy_of(std::uint64_t seed) {
  const std::uint64_t drawn = stream_of(seed, 3) % 4;
  return {.pct_depth = drawn < 2 ? 0U : static_cast<std::uint32_t>(drawn)};
}

scene scene_of(std::uint64_t seed) {
  return random_scene(stream_of(seed, 2));
}

std::unique_ptr<chooser> chooser_of(std::uint64_t seed, const policy& how) {
  const std::uint64_t own = stream_of(seed, 1);
  if (how.pct_depth == 0) return std::make_unique<random_chooser>(own);
  return std::make_unique<pct_chooser>(own, how.pct_depth, usual_length);
}

seed_run run_seed(const scene& of, std::uint64_t seed, const policy& how) {
  const auto choices = chooser_of(seed, how);
  world in(of, *choices);
  seed_run done{.found = run(in), .events = 0, .history = {}};
  done.events = in.events();
  done.history = in.history();
  return done;
}

seed_run sweep_seed(std::uint64_t seed) {
  return run_seed(scene_of(seed), seed, policy_of(seed));
}

}  // namespace dovetail::sim
