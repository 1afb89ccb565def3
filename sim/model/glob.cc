#include "sim/model/glob.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace dovetail::sim {
namespace {

// Takes a class off the front of `pattern`, behind its bracket. Like redis, forgives one that is
// not closed.
bool take_class(std::string_view& pattern, char c) {
  const bool negated = pattern.starts_with('^');
  if (negated) pattern.remove_prefix(1);
  bool found = false;
  while (!pattern.empty() && pattern[0] != ']') {
    if (pattern[0] == '\\' && pattern.size() > 1) {
      pattern.remove_prefix(1);
      found |= pattern[0] == c;
    } else if (pattern.size() > 2 && pattern[1] == '-') {
      const auto [low, high] = std::minmax(pattern[0], pattern[2]);
      found |= low <= c && c <= high;
      pattern.remove_prefix(2);
    } else {
      found |= pattern[0] == c;
    }
    pattern.remove_prefix(1);
  }
  if (!pattern.empty()) pattern.remove_prefix(1);
  return found != negated;
}

// Takes what stands for one byte off the front of `pattern`, which is not empty.
bool take_one(std::string_view& pattern, char c) {
  const char first = pattern[0];
  pattern.remove_prefix(1);
  if (first == '?') return true;
  if (first == '[') return take_class(pattern, c);
  if (first != '\\' || pattern.empty()) return first == c;
  const char literal = pattern[0];
  pattern.remove_prefix(1);
  return literal == c;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (pattern[0] == '*') {
      pattern.remove_prefix(1);
      for (std::size_t at = 0; at <= text.size(); ++at) {
        if (matches_glob(pattern, text.substr(at))) return true;
      }
      return false;
    }
    if (text.empty() || !take_one(pattern, text[0])) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace dovetail::sim
