// Which choice mattered, for people: a share of failures for each moment.

#pragma once

#include <string>

#include "sim/trace/blame.h"

namespace dovetail::sim {

// For the terminal: a line and a bar for each moment.
std::string list_blame(const blamed& of);

// One SVG: the share over the events; hovering says what happened.
std::string draw_blame(const blamed& of);

// The sentence below both: which choice, from which share to which.
std::string sum_up(const blamed& of);

}  // namespace dovetail::sim
