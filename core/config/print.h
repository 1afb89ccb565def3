// Configuration → configuration file.

#pragma once

#include <string>

#include "config/config.h"

namespace dovetail {

// YAML with every key's value, defaults included; parses to the same configuration.
std::string print_config(const config& what);

}  // namespace dovetail
