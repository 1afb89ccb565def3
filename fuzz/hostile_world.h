// An honest client between a hostile one and a server that lies.
//
//     hostile client ──┐                ┌── server 0: says what the input says
//                      ├──── proxy ─────┤
//     honest client  ──┘                └── server 1: reads strictly, answers truly
//
// The honest client asks for keys of the honest server only, over the connection that the hostile
// one's requests take, too. Whatever the others do: each of its replies is the right one, and it
// gets all of them (P1, P2, P6); the honest server never gets a byte that is not part of a request
// written as the proxy writes them (P8).

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "proxy/proxy.h"
#include "sim/model/client_group.h"
#include "sim/model/server_group.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"

namespace dovetail::fuzz {

// What an input is made of.
struct hostilities {
  bool redis = true;
  sim::cutting cuts = sim::cutting::never;
  bool batches = false;
  std::vector<std::uint32_t> tape;  // the simulator's choices
  std::string request_bytes;        // of the hostile client
  std::string response_bytes;       // of the server that lies; each 0xff ends what it says at once
};

// Plays it. Stops the process when the honest client or server is not served as it must be.
void play(const hostilities& what);

}  // namespace dovetail::fuzz
