// A film for the terminal.

#pragma once

#include <cstddef>
#include <string>

#include "sim/picture/frame.h"

namespace dovetail::sim {

struct ascii_options {
  std::uint64_t from = 0;  // events
  std::uint64_t until = ~std::uint64_t{0};
  bool healed = false;  // also what comes after the world has healed and all is well
};

// One line for each movement of bytes, with what is in the proxy's queues after it.
std::string draw_ascii(const film& of, const ascii_options& how = {});

}  // namespace dovetail::sim
