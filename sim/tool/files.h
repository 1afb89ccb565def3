// Files that commands read and write. What goes wrong is said on standard error.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

std::optional<std::string> read_file(const std::string& path);

// Makes the directory that it is in, if need be.
bool write_file(const std::string& path, std::string_view text);

std::optional<trace> read_trace(const std::string& path);

// A scenario of any kind, or a plain scene.
std::optional<scenario> read_scenario(const std::string& path);

// In the place of a folder the .yml files in it and below it, by name. A folder without any stays.
std::vector<std::string> scenarios_in(const std::vector<std::string>& paths);

// The name of the file without its directory and its last suffix.
std::string stem_of(const std::string& path);

}  // namespace dovetail::sim
