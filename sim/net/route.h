// One address as the network knows it: who listens there, and what happens to who wants to.

#pragma once

#include <cstdint>
#include <vector>

#include "base/endpoint.h"
#include "sim/net/framing.h"

namespace dovetail::sim {

class simulated_listener;

// What becomes of attempts to connect to an address.
enum class reach : std::uint8_t {
  normal,
  refused,     // although somebody listens
  silent,      // not answered, as long as this lasts
  unresolved,  // its name leads nowhere
};

struct route {
  endpoint at;
  framing speaks;
  reach how = reach::normal;
  std::vector<simulated_listener*> doors;  // several share a port
  std::vector<route*> leads_to;            // a name: its addresses, in the order of trying
};

}  // namespace dovetail::sim
