// One random program on real sockets of this machine.

#pragma once

#include <cstdint>

#include "base/time.h"
#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {

// What the rambler with this seed did and was told, over TCP or unix sockets as the seed says.
// `quiet` is how long nothing happens before it is sure that nothing will.
journal excursion(std::uint64_t seed, duration quiet);

}  // namespace dovetail::sim::inclusion
