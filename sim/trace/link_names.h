// What the network's connections are called in a scene: the first connection of client 1, the
// proxy's second to server 0.

#pragma once

#include <cstdint>
#include <vector>

#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/trace/choice.h"

namespace dovetail::sim {

class link_names {
 public:
  // `wires` outlives the names.
  explicit link_names(const network& wires) : wires_(&wires) {}

  struct place {
    named_happening::whom is = named_happening::whom::unknown;
    std::uint32_t number = 0;
    std::uint32_t nth = 0;

    bool operator==(const place&) const = default;
  };

  // To be called before every choice of what happens next: a connection that comes and goes between
  // two looks has no name, and names are the same in every run only if the looks are.
  void look();

  // Of a link that was there at some look.
  place of(std::uint32_t id) const { return id < places_.size() ? places_[id] : place{}; }

  named_happening name(const happening& event) const;

 private:
  const network* wires_;
  std::vector<place> places_;  // by the links' ids
};

}  // namespace dovetail::sim
