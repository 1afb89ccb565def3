// A client's request as a line that people read: `get s0`, `mset s0 s1`, `set s0 noreply`, `quit`.
//
// The verb, then for each key the server that owns it. Without any it is one key of server 0.

#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

std::string print_request(const step& request);

// `servers` is how many there are.
void read_request(const yaml_value& from, std::uint32_t servers, step& into);

}  // namespace dovetail::sim
