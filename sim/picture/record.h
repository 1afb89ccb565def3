// From a trace, or a script, to its film.

#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/picture/frame.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

// Ends behind event `until`.
film record(const trace& of, std::uint64_t until = ~std::uint64_t{0});

// Of a script, in this order of its races; there is at least that one.
film record(const scenario& script, std::size_t order);

}  // namespace dovetail::sim
