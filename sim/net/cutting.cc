// How much of what is there a read brings, or a write takes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/net/choice.h"
#include "sim/net/link.h"
#include "sim/net/network.h"

namespace dovetail::sim {

std::size_t network::read_size(const link& at, int side, std::size_t most) {
  if (habits_.cuts == cutting::never || quiet_ > 0) return most;
  const bool halves = habits_.cuts != cutting::messages;
  const std::size_t cut = at.peer(side).out.to_next_cut(at.written_by(1 - side), halves);
  return any_size(cut, most, site::read_size);
}

std::size_t network::write_size(const link& at, int side, std::string_view next, std::size_t most) {
  if (habits_.cuts == cutting::never || quiet_ > 0) return most;
  const bool halves = habits_.cuts != cutting::messages;
  const std::size_t cut = at.end(side).out.to_next_cut(next, at.written_by(side), halves);
  return any_size(cut, most, site::write_size);
}

// All; up to the next cut; and where anything goes: one more or less than that, any number, none.
std::size_t network::any_size(std::size_t to_cut, std::size_t most, site about) {
  const bool cut = to_cut > 0 && to_cut < most;
  if (habits_.cuts != cutting::anywhere) {
    return cut && choices().choose(2, about) == 1 ? to_cut : most;
  }
  const std::size_t near = std::min(to_cut, most);
  switch (choices().choose(6, about)) {
    case 1:
      return near;
    case 2:
      return std::max<std::size_t>(near, 2) - 1;
    case 3:
      return std::min(near + 1, most);
    case 4:
      if (most == 1) return 1;
      return 1 + choices().choose(static_cast<std::uint32_t>(std::min<std::size_t>(most, 1U << 20)),
                                  about);
    case 5:
      return 0;
    default:
      return most;
  }
}

}  // namespace dovetail::sim
