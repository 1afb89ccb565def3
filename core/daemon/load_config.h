// The configuration file from the disk, checked as far as it can be without serving it.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include "config/parse.h"

namespace dovetail {

// Reads and validates the file and resolves the host of every `listen`. All errors, one at least.
std::expected<parsed_config, std::vector<config_error>> load_config(const std::string& path);

}  // namespace dovetail
