// One simulated connection, from the attempt on until both ends have let go of it.

#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "base/endpoint.h"
#include "base/token.h"
#include "io/socket.h"
#include "sim/net/framing.h"
#include "sim/net/stream.h"

namespace dovetail::sim {

class host;
class simulated_socket;
class simulated_listener;

// One end, as its host sees it.
struct link_end {
  host* at = nullptr;
  bool open = false;  // its socket exists
  token who;          // the name it was last watched with
  io::readiness watched = io::readiness::none;
  io::readiness told = io::readiness::none;  // in this turn
  std::uint64_t told_at = 0;                 // the order in which ends were last told
  stream out;                                // what it has written
  std::error_code broken;  // what a write says, and a read once everything that came is read
  bool ended = false;      // a read has returned the end of stream
};

struct link {
  // The kernel's side of connecting.
  enum class state : std::uint8_t {
    connecting,  // the attempt is going on
    silent,      // … and will for ever
    open,        // established; may still wait in the listener's backlog
    failed,
  };

  std::uint32_t id = 0;
  std::uint64_t since = 0;  // the order in which attempts began
  state is = state::connecting;
  endpoint to;
  std::string names[2];                    // of its peer, for side 0 and 1; made when asked for
  simulated_listener* waits_at = nullptr;  // in its backlog
  framing speaks;
  link_end ends[2];  // 0 has connected, 1 was accepted

  link_end& end(int side) { return ends[side]; }
  const link_end& end(int side) const { return ends[side]; }
  link_end& peer(int side) { return ends[1 - side]; }
  const link_end& peer(int side) const { return ends[1 - side]; }

  // How messages end in what `side` writes.
  message_size written_by(int side) const { return side == 0 ? speaks.request : speaks.reply; }

  bool attempt_over() const { return is == state::open || is == state::failed; }
};

}  // namespace dovetail::sim
