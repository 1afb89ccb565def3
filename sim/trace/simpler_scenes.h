// Scenes that are a little simpler than a given one.

#pragma once

#include <vector>

#include "sim/trace/choice.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

struct simpler {
  scene of;
  std::vector<choice> choices;  // renamed where clients and servers have got other numbers
};

// The boldest first. None is as complicated as `than`.
std::vector<simpler> simpler_scenes(const scene& than, const std::vector<choice>& choices);

}  // namespace dovetail::sim
