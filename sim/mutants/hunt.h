// Many small scenes, searched one after the other until the judge finds something.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

// Where to look.
struct hunting_ground {
  std::string name;  // of the scene, and behind a plus sign of its fault
  scene of;
  std::optional<fault> what;  // the one fault that may strike
  std::uint64_t states = 0;   // at most so many, every run; or …
  std::uint64_t seeds = 0;    // … so many random runs of random scenes
  std::size_t order = 0;      // among all, cheap ones first
};

// The grounds of every hunt, cheap ones first: those without a fault, those with each single one,
// then the random ones.
std::vector<hunting_ground> hunting_grounds();

// What a search of one ground came to.
struct bag {
  verdict found;
  std::uint64_t runs = 0;          // or seeds
  std::uint64_t states = 0;        // of an exhaustive search
  bool complete = false;           // every run was made
  std::optional<std::size_t> own;  // choices that are not dull in the smallest run that finds it
};

bag search_ground(const hunting_ground& where);

}  // namespace dovetail::sim
