// What a program asked of a network and what the network told it, in order.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"

namespace dovetail::sim::inclusion {

// One call with its result, or one event. Sockets and listeners are numbered in the order in which
// the program got them, each kind by itself.
struct entry {
  enum class kind : std::uint8_t {
    // calls
    listen,
    pause,
    resume,
    unlisten,  // the listener is destroyed
    connect,
    read,
    write,
    watch,
    finish,
    close,
    abort,
    wish,   // to be woken: what a turn's end has returned
    quiet,  // says that nothing is going to happen by itself
    // events
    accepted,
    ready,
    turn_end,
  };

  kind what = kind::turn_end;
  std::uint32_t whom = 0;             // the socket, or the listener
  token name;                         // of a watch or listener, and what an event carries
  io::readiness ways{};               // watched, or told
  std::size_t asked = 0;              // a read's room, a write's size
  result<std::size_t> came{};         // what a read or write returned
  std::optional<std::uint32_t> from;  // the socket at the other end of an accepted one, if known
  std::string bytes;                  // what was read, or was to be written
  endpoint where;                     // to listen at or to connect to
  io::listen_options how;
  instant at{};                 // of an event
  std::optional<instant> wake;  // of a wish

  bool is_event() const { return what >= kind::accepted; }
};

using journal = std::vector<entry>;

// What a read or write returned: its size, or the error's text.
std::string to_string(const result<std::size_t>& came);

// One line.
std::string to_string(const entry& of);

// All of it, a line each with its number; the last `most` lines up to and including `until`.
std::string to_string(const journal& of, std::size_t until, std::size_t most);

}  // namespace dovetail::sim::inclusion
