// How much of what is there a read brings, a write takes, or a reset leaves.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sim/net/choice.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"

namespace dovetail::sim {
namespace {

std::uint32_t choose_below(chooser& ask, std::size_t bound, site about) {
  constexpr std::size_t bound_max = std::numeric_limits<std::uint32_t>::max();
  return bound < 2 ? 0 : ask.choose(static_cast<std::uint32_t>(std::min(bound, bound_max)), about);
}

}  // namespace

std::size_t network::read_size(const link& at, int side, std::size_t most) {
  chooser& ask = choices_for(at.end(side));
  if (habits_.cuts == cutting::never || &ask == &dull_) return most;
  const stream& in = at.peer(side).out;
  const std::size_t cut = in.to_next_cut(in.size(), at.written_by(1 - side), cuts_halves());
  return any_size(ask, cut, most, site::read_size);
}

// Of `most` bytes that stand at the end of the stream already.
std::size_t network::write_size(const link& at, int side, std::size_t most) {
  chooser& ask = choices_for(at.end(side));
  if (habits_.cuts == cutting::never || &ask == &dull_) return most;
  const stream& out = at.end(side).out;
  const std::size_t cut = out.to_next_cut(most, at.written_by(side), cuts_halves());
  return any_size(ask, cut, most, site::write_size);
}

// All; up to the next cut; and where anything goes: one more or less than that, any number, none.
std::size_t network::any_size(chooser& ask, std::size_t to_cut, std::size_t most, site about) {
  const bool cut = to_cut > 0 && to_cut < most;
  if (habits_.cuts == cutting::pieces) return cut ? to_cut : most;
  if (habits_.cuts != cutting::anywhere) {
    return cut && ask.choose(2, about) == 1 ? to_cut : most;
  }
  const std::size_t near = std::min(to_cut, most);
  switch (ask.choose(6, about)) {
    case 1:
      return near;
    case 2:
      return std::max<std::size_t>(near, 2) - 1;
    case 3:
      return std::min(near + 1, most);
    case 4:
      return 1 + choose_below(ask, most, about);
    case 5:
      return 0;
    default:
      return most;
  }
}

// Before a reset, on the way to this end: at least one byte, and not all of at least two.
std::size_t network::part_that_arrives(const link& at, int side) {
  const stream& in = at.peer(side).out;
  if (habits_.cuts == cutting::anywhere) {
    return 1 + choose_below(choices_for(at.end(side)), in.size() - 1, site::outcome);
  }
  const std::size_t cut = in.to_next_cut(in.size(), at.written_by(1 - side), true);
  return cut < in.size() ? cut : in.size() / 2;
}

}  // namespace dovetail::sim
