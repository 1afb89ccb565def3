// What can be in a log: what the handler was told, and what it asked of the world in answer.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "io/socket.h"

namespace dovetail {

// In the file as one byte each: the numbers are part of its format.
enum class entry_kind : std::uint8_t {
  // The handler was told something. Calls up to the next of these are its own.
  start = 1,     // it began
  accept = 2,    // which: socket; at: listener
  ready = 3,     // which: socket; what
  turn_end = 4,  // followed by `woken`
  prepare = 5,   // text: a configuration, which is to take over
  forget = 6,    // it is not
  adopt = 7,     // it does; number: most clients of all pools; text: again
  drain = 8,

  // What its last turn end returned. number: microseconds since the clock's zero, and 1 more; 0:
  // never.
  woken = 16,

  // Calls, with what they returned.
  connect = 32,     // which: the new socket; text: to
  listen = 33,      // which: the new listener; text: at; number: errno
  read = 34,        // which; asked: bytes there was room for; number: read, or errno; text: them
  write = 35,       // which; asked: bytes offered; number: taken, or errno; hash of those
  watch = 36,       // which; what
  finish = 37,      // which
  keep_alive = 38,  // which
  peer = 39,        // which; text: it
  drop = 40,        // which: socket
  pause = 41,       // which: listener
  resume = 42,      // which: listener
  where = 43,       // which: listener; text: it
  close = 44,       // which: listener
};

// Plain values; which of them mean something, the kind says.
struct entry {
  entry_kind kind = entry_kind::start;
  bool failed = false;  // number is an errno
  io::readiness what = io::readiness::none;
  std::uint32_t which = 0;
  std::uint32_t at = 0;
  std::uint64_t asked = 0;
  std::uint64_t number = 0;  // at most 2^63 - 1
  std::uint64_t hash = 0;
  duration since{};       // of events: since the one before
  std::string_view text;  // valid as long as the log it is read from

  bool operator==(const entry&) const = default;
};

constexpr bool is_event(entry_kind kind) {
  return static_cast<std::uint8_t>(kind) < 16;
}

// The kind's name, for messages; empty for a byte that is none.
std::string_view name_of(entry_kind kind);

}  // namespace dovetail
