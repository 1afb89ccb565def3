// What was chosen in a run, by names that outlive changes of the code: never an index, never the
// network's number of a connection.

#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "sim/net/choice.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

// A happening, named for the scene: `readable server 0 #2 at proxy`.
struct named_happening {
  enum class whom : std::uint8_t {
    nobody,
    host,    // of the simulated network
    client,  // of the scene
    server,
    to_client,  // the `nth` connection of that client
    to_server,  // the proxy's `nth` connection to that server
    unknown,    // a connection whose ends nobody knows
  };

  happening::kind what = happening::kind::turn_end;
  fault wrong = fault::client_reset;  // of a fault; else the first one
  whom is = whom::nobody;
  std::uint8_t side = 0;  // of a connection: which end is told
  std::uint32_t number = 0;
  std::uint32_t nth = 0;  // from 1

  auto operator<=>(const named_happening&) const = default;
};

struct choice {
  bool picks = true;      // what happens next; else a number
  named_happening event;  // picked
  site about = site::read_size;
  std::uint32_t number = 0;  // chosen
  bool dull = false;         // the first of what could be chosen then

  bool operator==(const choice&) const = default;
};

// `turn_end proxy`, `fault server_reset server 0 #1`, `choose read_size 1`.
std::string to_text(const named_happening& event);
std::string to_text(const choice& of);

// The opposite; `dull` is not part of the text. On failure says what is wrong with it.
std::expected<choice, std::string> parse_choice(std::string_view text);

}  // namespace dovetail::sim
