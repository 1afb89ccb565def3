// One seed, one run.

#pragma once

#include <cstdint>
#include <memory>

#include "sim/net/choice.h"
#include "sim/search/random_scene.h"
#include "sim/world/hasher.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

// How a run's choices are made.
struct policy {
  std::uint32_t pct_depth = 0;  // 0: any of what is possible; else see pct_chooser
};

// The policy that a sweep gives to this seed: a portfolio, since no single one finds everything.
policy policy_of(std::uint64_t seed);

struct seed_run {
  verdict found;
  std::uint64_t events = 0;
  fingerprint history;  // of all that was chosen and seen: equal runs, equal histories
};

// The scene that a sweep gives to this seed.
scene scene_of(std::uint64_t seed);

// Who makes the choices of this seed, in whatever scene.
std::unique_ptr<chooser> chooser_of(std::uint64_t seed, const policy& how);

// Plays `of` with the choices that `seed` and `how` make.
seed_run run_seed(const scene& of, std::uint64_t seed, const policy& how);

// A whole sweep's worth of one seed: its scene, its policy, its choices.
seed_run sweep_seed(std::uint64_t seed);

}  // namespace dovetail::sim
