// From a trace to its film.

#pragma once

#include "sim/picture/frame.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

film record(const trace& of);

}  // namespace dovetail::sim
