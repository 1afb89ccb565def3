// Which act of a session comes next, at each of the three points where there may be one.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "sim/model/client_program.h"

namespace dovetail::sim {

// A place in a session's acts for each point: asking costs nothing, going on one look at each act.
class client_acts {
 public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  client_acts() = default;
  // The acts must outlive this.
  explicit client_acts(std::span<const client_act> all) : all_(all) {
    for (const auto when :
         {client_act::point::written, client_act::point::read, client_act::point::elapsed}) {
      seek(when, 0);
    }
  }

  // Where the next one is due, counted as its point is; `never`.
  std::uint64_t next(client_act::point when) const { return places_[std::to_underlying(when)].at; }

  // The one that is due there, which must be one.
  const client_act& take(client_act::point when) {
    const std::size_t taken = places_[std::to_underlying(when)].index;
    seek(when, taken + 1);
    return all_[taken];
  }

 private:
  struct place {
    std::size_t index = 0;
    std::uint64_t at = never;
  };

  void seek(client_act::point when, std::size_t from) {
    while (from < all_.size() && all_[from].when != when)
      ++from;
    places_[std::to_underlying(when)] = {from, from < all_.size() ? all_[from].at : never};
  }

  std::span<const client_act> all_;
  std::array<place, 3> places_{};
};

}  // namespace dovetail::sim
