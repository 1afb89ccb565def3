#include "config/config_error.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dovetail {
namespace {

// One error is one line of the log, whatever stood in the file.
std::string without_control_characters(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    clean += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return clean;
}

}  // namespace

std::string to_string(const config_error& error) {
  std::string text = error.file;
  if (error.at.line > 0) text += fmt::format(":{}:{}", error.at.line, error.at.column);
  text += ": ";
  if (!error.pool.empty()) text += fmt::format("pool \"{}\": ", error.pool);
  if (!error.key.empty()) text += fmt::format("key \"{}\": ", error.key);
  return without_control_characters(text + error.reason);
}

void error_list::add(position at, std::string pool, std::string key, std::string reason) {
  const auto place = std::ranges::upper_bound(errors_, at, {}, &config_error::at);
  errors_.insert(place, {file_, at, std::move(pool), std::move(key), std::move(reason)});
}

bool error_list::has(const std::string& pool, const std::string& key) const {
  return std::ranges::any_of(
      errors_, [&](const config_error& error) { return error.pool == pool && error.key == key; });
}

std::vector<config_error> error_list::take() {
  return std::exchange(errors_, {});
}

}  // namespace dovetail
