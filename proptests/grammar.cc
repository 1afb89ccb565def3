#include "proptests/grammar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::proptests {

std::optional<std::int64_t> plain_number(std::string_view text, wide least, wide most) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  wide value = 0;
  const bool negative = text.front() == '-';
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (negative) value = -value;
  if (value < least || value > most) return std::nullopt;
  if (std::to_string(static_cast<std::int64_t>(value)) != text) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::uint64_t> digits(std::string_view text, wide most) {
  wide value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min<wide>(value * 10 + (c - '0'), most + 1);
  }
  if (text.empty() || value > most) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::vector<std::string> tails_of(const std::vector<std::string>& lines) {
  std::vector<std::string> tails;
  for (const std::string& line : lines) {
    for (std::size_t from = 0; from < line.size(); ++from)
      tails.push_back(line.substr(from));
  }
  std::ranges::sort(tails);
  tails.erase(std::ranges::unique(tails).begin(), tails.end());
  return tails;
}

}  // namespace dovetail::proptests
