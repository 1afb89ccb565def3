// Scenes by chance, for sweeping: protocols, workloads, networks and faults that nobody thought of.

#pragma once

#include <cstdint>

#include "sim/world/scene.h"

namespace dovetail::sim {

// The same for the same seed. Features are left out wholesale, each time others (swarm testing:
// Groce, Zhang, Eide, Chen, Regehr, ISSTA 2012), and what is in comes in small sizes: most bugs
// need little, if it is the right little.
scene random_scene(std::uint64_t seed);

}  // namespace dovetail::sim
