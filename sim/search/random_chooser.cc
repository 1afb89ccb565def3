#include "sim/search/random_chooser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/net/choice.h"

namespace dovetail::sim {
namespace {

constexpr std::uint32_t fault_one_in = 10;  // happenings, when a fault is possible
constexpr std::uint32_t odd_one_in = 3;     // sizes and outcomes
constexpr std::uint32_t lie_one_in = 4;     // replies of servers that may lie

}  // namespace

// Faults stand behind everything else.
std::size_t random_chooser::pick(std::span<const happening> possible) {
  const auto first = std::ranges::find(possible, happening::kind::fault, &happening::what);
  const auto dull = static_cast<std::uint32_t>(first - possible.begin());
  const auto wrong = static_cast<std::uint32_t>(possible.size()) - dull;
  if (dull == 0 || (wrong > 0 && random_.below(fault_one_in) == 0)) {
    return dull + random_.below(wrong);
  }
  return random_.below(dull);
}

std::uint32_t random_chooser::choose(std::uint32_t n, site about) {
  const std::uint32_t one_in = about == site::behaviour ? lie_one_in : odd_one_in;
  if (random_.below(one_in) != 0) return 0;
  return random_.below(n);
}

}  // namespace dovetail::sim
