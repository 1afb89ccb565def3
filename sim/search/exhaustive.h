// Every run of a scene, each state once.
//
// A depth-first search over choices: a run follows the current path and takes the dull choice
// beyond it; where it meets a state that was met before, what would follow is known. Worlds cannot
// be copied, so each branch is a new run from the start; that costs a path of choices, not memory.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/net/choice.h"
#include "sim/search/seen_set.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

struct exploration {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  std::uint64_t depth = 0;            // choices on the longest path
  std::uint64_t outcomes = 0;         // states in which nothing more can happen
  fingerprint certificate;            // equal for equal sets of states
  std::array<bool, faults> struck{};  // which faults did, in any run
  bool complete = false;              // every state was seen; else a limit was reached
  verdict found;                      // the first violation, which ends the search
  std::vector<std::uint32_t> path;    // the choices that led to it
};

struct exploration_limits {
  std::uint64_t states = 200'000'000;
};

// Called now and then with what there is so far; false ends the search.
using exploration_progress = std::function<bool(const exploration&)>;

exploration explore(const scene& of,
                    const exploration_limits& limits = {},
                    const exploration_progress& progress = {});

}  // namespace dovetail::sim
