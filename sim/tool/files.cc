#include "sim/tool/files.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "config/config_error.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {
namespace {

void complain(const std::string& path, std::string_view why) {
  fmt::print(stderr, "dovetail-sim: {}: {}\n", path, why);
}

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
    complain(path, "is a folder, and without any file that is meant");
    return std::nullopt;
  }
  std::ifstream from(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(from), {}};
  if (from.good() || from.eof()) return text;
  complain(path, last_error());
  return std::nullopt;
}

bool write_file(const std::string& path, std::string_view text) {
  std::error_code why;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, why);
  std::ofstream to(path, std::ios::binary | std::ios::trunc);
  to << text << std::flush;
  if (!to.good()) complain(path, why ? why.message() : last_error());
  return to.good();
}

std::optional<trace> read_trace(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  auto read = parse_trace(*text);
  if (read) return std::move(*read);
  complain(path, read.error());
  return std::nullopt;
}

std::optional<scenario> read_scenario(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  auto read = parse_scenario(*text, path);
  if (read) return std::move(*read);
  for (const config_error& each : read.error())
    fmt::print(stderr, "dovetail-sim: {}\n", to_string(each));
  return std::nullopt;
}

std::vector<std::string> scenarios_in(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    const std::size_t before = all.size();
    std::error_code ignored;
    for (fs::recursive_directory_iterator each(path, ignored), end; each != end;
         each.increment(ignored)) {
      if (each->path().extension() == ".yml") all.push_back(each->path().string());
    }
    std::ranges::sort(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
    if (all.size() == before) all.push_back(path);
  }
  return all;
}

std::string stem_of(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace dovetail::sim
