// From a trace, or a script, to its film.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/picture/frame.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

// Ends behind event `until`.
film record(const trace& of, std::uint64_t until = ~std::uint64_t{0});

// Of a script, in this order of its races; there is at least that one.
film record(const scenario& script, std::size_t order);

// Of a script up to an event, and of what these choices made of it then.
film record(const scenario& script, std::uint64_t event, std::span<const std::uint32_t> choices);

}  // namespace dovetail::sim
