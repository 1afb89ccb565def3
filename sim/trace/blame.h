// Which choice of a failing run was the one that mattered?
//
// From every moment of the run, many random continuations: how often do they fail as it did? Before
// the first choice that is what the scene is worth; behind the last one it is always. Where the
// share jumps, something was decided.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/trace/choice.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

// A moment: what the run did up to here, and how its continuations went.
struct blamed_moment {
  choice made;               // the last thing that happened; of the first moment: nothing did
  std::uint64_t event = 0;   // its number in the run; 0: before the first
  std::uint32_t failed = 0;  // continuations that broke the run's rule
};

struct blamed {
  bool reproduced = false;  // the run does break its rule; else there is nothing else
  std::uint32_t runs = 0;   // from each moment
  std::vector<blamed_moment> moments;
  std::size_t decisive = 0;  // the moment at which the share of failures rises most
  std::size_t doomed = 0;    // from this one on all continuations failed
};

// How many moments were looked at, and how many there are.
using blame_progress = std::function<void(std::size_t done, std::size_t of)>;

// The continuations are decided by `seed`, and the same for it on every machine.
blamed blame(const trace& of,
             std::uint32_t runs,
             std::uint64_t seed,
             const blame_progress& progress = {});

}  // namespace dovetail::sim
