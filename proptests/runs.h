// Whole runs of the simulator: a scene and the choices that are made in it, both to be shrunk.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "sim/world/scene.h"

namespace dovetail::proptests {

struct any_scene {
  sim::scene is;
};

// Workload, network and faults. Shrinks to fewer and shorter clients, whole reads and no faults.
any_scene make_scene();

// What a tape_chooser chooses by: shorter and smaller is duller.
using tape = std::vector<std::uint32_t>;
tape make_tape();

// Plays the scene by each tape. Empty when all rules hold; otherwise leaves the first run in which
// one is broken, or a promise of the core, as a trace and returns the line that repeats it.
std::string problem_in(const any_scene& of, const std::vector<tape>& tapes);

std::ostream& operator<<(std::ostream& out, const any_scene& shown);

}  // namespace dovetail::proptests
