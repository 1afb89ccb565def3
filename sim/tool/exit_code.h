// What the program ends with.

#pragma once

#include "sim/world/verdict.h"

namespace dovetail::sim {

enum exit_code : int {
  exit_good = 0,
  exit_usage = 1,   // the command line, or a file, a port or a peer that it names
  exit_crash = 2,   // a promise of our own was broken; see crash.h
  exit_safety = 3,  // a rule was broken
  exit_liveness = 4,
  exit_nondeterminism = 5,
  exit_mutant_survived = 7,
  exit_budget = 8,  // not enough was done in the time or the size that was given
};

inline exit_code exit_code_of(const verdict& found) {
  switch (found.broken) {
    case oracle::none:
      return exit_good;
    case oracle::quiescence:
    case oracle::probe:
    case oracle::liveness:
    case oracle::isolation:
      return exit_liveness;
    case oracle::determinism:
      return exit_nondeterminism;
    default:
      return exit_safety;
  }
}

}  // namespace dovetail::sim
