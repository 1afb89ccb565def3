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
    complain(path, "is a folder, not a file");
    return std::nullopt;
  }
  std::ifstream from(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(from), {}};
  if (from.good() || from.eof()) return text;
  complain(path, last_error());
  return std::nullopt;
}

bool write_file(const std::string& path, std::string_view text) {
  if (path == "-") {
    fmt::print("{}", text);
    return true;
  }
  std::ofstream to(path, std::ios::binary | std::ios::trunc);
  to << text << std::flush;
  if (!to.good()) complain(path, last_error());
  return to.good();
}

bool write_below(const std::string& folder, const std::string& name, std::string_view text) {
  std::error_code why;
  std::filesystem::create_directories(folder, why);
  if (!why) return write_file(folder + "/" + name, text);
  complain(folder, why.message());
  return false;
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

std::optional<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths) {
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
    if (all.size() > before) continue;
    if (fs::is_directory(path, ignored)) {
      complain(path, "is a folder without a scenario (.yml)");
      return std::nullopt;
    }
    all.push_back(path);
  }
  return all;
}

std::string stem_of(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

std::vector<std::string> names_of(const std::vector<std::string>& paths) {
  const auto named = [&](std::size_t folders) {
    std::vector<std::string> names;
    for (const std::string& path : paths) {
      std::string name = stem_of(path);
      std::filesystem::path above = std::filesystem::path(path).parent_path();
      for (std::size_t each = 0; each < folders && above.has_filename(); ++each) {
        name.insert(0, above.filename().string() + "-");
        above = above.parent_path();
      }
      names.push_back(std::move(name));
    }
    return names;
  };
  std::vector<std::string> names = named(0);
  for (std::size_t folders = 1; folders < 32; ++folders) {
    const std::vector<std::string> longer = named(folders);
    const std::vector<std::string> before = names;
    for (std::size_t at = 0; at < names.size(); ++at) {
      if (std::ranges::count(before, before[at]) > 1) names[at] = longer[at];
    }
  }
  return names;
}

}  // namespace dovetail::sim
