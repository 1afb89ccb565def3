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

// `-` is standard output.
bool write_file(const std::string& path, std::string_view text);

// The same below a folder that is made if need be.
bool write_below(const std::string& folder, const std::string& name, std::string_view text);

std::optional<trace> read_trace(const std::string& path);

// A scenario of any kind, or a plain scene.
std::optional<scenario> read_scenario(const std::string& path);

// In the place of a folder the .yml files in it and below it, by name. Nothing when there are none.
std::optional<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths);

// The name of the file without its directory and its last suffix.
std::string stem_of(const std::string& path);

// The same of each, with as many of its folders before it (`a-b-x`) as tell it from the others.
std::vector<std::string> names_of(const std::vector<std::string>& paths);

}  // namespace dovetail::sim
