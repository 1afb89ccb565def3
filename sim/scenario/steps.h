// The steps of a script, as they are written.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/scenario/yaml.h"

namespace dovetail::sim {

// `a`, `s0`: a client of the scenario by its name, or a server.
std::optional<party> party_in(std::string_view word, const scenario& of);

// One step may stand for several.
std::vector<script_step> read_one_step(const yaml_value& from, const scenario& of);
std::vector<script_step> read_steps(const yaml_value& from, const scenario& of);

// Names of the clients that the steps connect, in this order.
std::vector<std::string> late_clients(const yaml_value& steps);

}  // namespace dovetail::sim
