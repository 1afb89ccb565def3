// What a swarm draws its scenes from.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "sim/net/network.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

// Any of these, each as likely: `3`, `[1, 4]` or `1..4` in a file.
template <class T>
struct one_of {
  std::vector<T> values;

  T draw(random_stream& from) const {
    return values[from.below(static_cast<std::uint32_t>(values.size()))];
  }
};

struct swarm_ranges {
  one_of<bool> redis = {{true, false}};
  one_of<std::uint32_t> servers = {{1, 2, 3}};
  one_of<std::uint32_t> lanes = {{1, 2}};
  one_of<duration> timeout = {{duration(400'000)}};
  one_of<bool> eager = {{true}};
  one_of<bool> preconnect = {{true, false}};
  one_of<std::uint32_t> clients = {{1, 2, 3}};
  one_of<std::uint32_t> requests = {{1, 2, 3, 4}};  // of each client
  one_of<std::uint32_t> keys = {{2, 3}};            // of a request with several
  one_of<std::uint64_t> window = {{0, 1}};
  one_of<std::uint32_t> faults = {{0, 1, 2}};  // of all together
  std::vector<fault> kinds;                    // that may happen; empty: all
  one_of<cutting> cuts = {{cutting::never, cutting::messages, cutting::halves, cutting::anywhere}};
  one_of<bool> batches = {{true, false}};
  one_of<bool> leaps = {{true, false}};
  one_of<bool> loses = {{true, false}};
  one_of<bool> stale = {{true, false}};
  one_of<duration> lag = {{duration(0), duration(1000)}};
  one_of<duration> lateness = {{duration(0)}};
  std::vector<std::uint32_t> weights;  // of each verb up to `unknown`; empty: alike
};

// Reads what the fields say of the ranges; leaves the others as they are.
void read_ranges(yaml_fields& from, swarm_ranges& into);

// The same scene for the same numbers.
scene draw_scene(const swarm_ranges& from, random_stream& numbers);

}  // namespace dovetail::sim
