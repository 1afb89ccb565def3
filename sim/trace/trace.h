// A run that can be run again: its scene and everything that was chosen in it.
//
//     dovetail-sim trace 1
//     from: random seed 4711
//     found: O1 pairing
//     scene:
//       …
//     choices:
//         turn_end proxy
//       * readable client 1 #1 at proxy
//       * choose read_size 1
//     sum: 0f3a…
//
// A star marks what was not the dull choice. Cut short, it is a simpler run.

#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/choice.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

struct trace {
  std::string from;             // where it came from; one line
  oracle found = oracle::none;  // what its run ended with
  scene of;
  std::vector<choice> choices;
};

std::string print(const trace& of);

// The same without the sum, so that lines may follow: of a run that is not over.
std::string print_open(const trace& of);
std::string print_line(const choice& of);

// On failure says which line is wrong and why. The sum may be missing, not wrong.
std::expected<trace, std::string> parse_trace(std::string_view text);

// Those that are not dull: how far from the simplest run it is.
std::size_t deviations(const std::vector<choice>& choices);

// Without the dull choices at the end, which are made anyway.
void trim(std::vector<choice>& choices);

}  // namespace dovetail::sim
