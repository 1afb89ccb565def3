// From a trace, or a script, to its film.

#pragma once

#include <cstddef>

#include "sim/picture/frame.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

film record(const trace& of);

// Of a script, in this order of its races; there is at least that one.
film record(const scenario& script, std::size_t order);

}  // namespace dovetail::sim
