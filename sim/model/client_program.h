// What a model client is told to do. Plain values: nothing in here is random, so the same program
// makes the same client on every network.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"

namespace dovetail::sim {

enum class wire_protocol : std::uint8_t { redis, memcache };

// The replies that a request has coming. Only `one` is waited for and counts in the window.
enum class replies_due : std::uint8_t {
  none,  // noreply
  one,
  maybe,  // one or none, as after quiet meta commands. A reply with `opaque` among its flags is its
          // own; any reply, when that is empty.
  any,    // nobody knows: garbage. It takes all replies from here on.
};

struct client_request {
  std::string bytes = {};  // need not be a request
  replies_due due = replies_due::one;
  duration think{};  // how long it is held back once the window has room for it
  std::string opaque = {};
};

enum class client_deed : std::uint8_t {
  finish,  // nothing more is written; what is not written by then never is
  close,   // drops the socket: on a real one a reset if something is unread, else an end of stream
  reset,   // as client_group's constructor says
  stop_reading,
  resume_reading,
};

// A deed at an exact point of one connection.
struct client_act {
  enum class point : std::uint8_t {
    written,  // the socket has taken exactly `at` bytes, of which none is more, yet
    read,     // exactly `at` bytes were read
    elapsed,  // `at` microseconds after it was connected
  };

  client_deed what = client_deed::close;
  point when = point::written;
  std::uint64_t at = 0;
  duration lasting{};  // of stop_reading; zero: until something resumes it
};

enum class client_ending : std::uint8_t {
  close,   // at once
  finish,  // finishes and reads on until the peer does, too
  stay,    // until the peer ends it or somebody else says so
};

// One connection.
struct client_session {
  duration pause{};                           // before it is made
  std::vector<client_request> requests = {};  // in this order
  std::size_t window = 0;                     // most requests that wait for a reply at once; 0: any
  std::vector<client_act> acts = {};          // those of the same point: in ascending order
  // What comes when all requests are written and every reply that is waited for was read.
  client_ending ending = client_ending::close;
};

class client_source;

struct client_plan {
  endpoint to = {};
  wire_protocol speaks = wire_protocol::redis;
  // One connection after the other, each when the one before is over, however that came.
  std::vector<client_session> sessions = {};
  bool repeats = false;             // the last session, for ever
  client_source* source = nullptr;  // what is asked when a session's own requests are all sent
};

}  // namespace dovetail::sim
