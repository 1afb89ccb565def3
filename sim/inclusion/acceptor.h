// Whether the simulated network could have done what a journal says.
//
// The program's calls are made again on a simulated network. Where that asks how much of a stream
// moves, the answer is what the journal says; where it asks which of several things happens, each
// is tried, depth first, what is likely before the rest. What the journal demands and the network
// does not offer makes the journal unacceptable.

#pragma once

#include <cstddef>
#include <string>

#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {

struct acceptance {
  bool accepted = false;
  bool given_up = false;  // neither accepted nor refused
  std::size_t tries = 0;  // how often the journal was begun
  std::size_t step = 0;   // the furthest that could not be repeated …
  std::string why;        // … and why
};

// `tries_max` bounds the search: so often the journal is begun.
acceptance accept(const journal& of, std::size_t tries_max = 20000);

}  // namespace dovetail::sim::inclusion
