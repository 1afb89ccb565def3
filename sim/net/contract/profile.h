// In which ways the network of a contract run behaves.

#pragma once

#include <span>
#include <string_view>

#include "base/random.h"
#include "sim/net/network.h"

namespace dovetail::sim {

struct profile {
  std::string_view name;
  bool random;                      // which of what is possible happens; else the dull one
  habits (*drawn)(random_stream&);  // once a test
  bool swarm = false;               // some runs are less random than others
};

// The first is the dull one, the last draws its habits anew for each test.
std::span<const profile> profiles();

// Null when there is none of this name.
const profile* find_profile(std::string_view name);

// Takes from `how` what makes the clause impossible although no kernel does it there.
void fit(habits& how, std::string_view clause);

}  // namespace dovetail::sim
