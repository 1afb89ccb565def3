// From a run that breaks a rule to a small one that breaks the same rule.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/trace/trace.h"

namespace dovetail::sim {

struct shrunk {
  trace smallest;           // what was handed in when that breaks nothing
  std::string text;         // what the oracle said of it
  std::uint64_t runs = 0;   // that it took
  bool reproduced = false;  // it did break its rule
  bool exhausted = false;   // the budget ended the search
};

// Called after each run with what is smallest so far; false ends the search.
using shrink_progress = std::function<bool(const shrunk&)>;

struct shrink_limits {
  std::uint64_t runs = 1000;
};

// Fewer deviations from the dull choices, then a simpler scene, then fewer choices.
shrunk shrink(const trace& from,
              const shrink_limits& limits = {},
              const shrink_progress& progress = {});

}  // namespace dovetail::sim
