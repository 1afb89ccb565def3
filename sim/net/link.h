// One simulated connection, from the attempt on until both ends have let go of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"
#include "sim/net/framing.h"
#include "sim/net/stream.h"

namespace dovetail::sim {

class host;
class simulated_listener;
struct route;

// What an end is watched for, in one direction.
struct watch {
  token who;               // the name it was last watched with
  std::uint64_t turn = 0;  // of its host, in which that was: it is told in a later one
  unsigned stale = 1;      // events that may be told although there is no reason any more
};

// One end, as its host sees it.
struct link_end {
  static constexpr std::size_t unlimited = ~std::size_t{0};

  host* at = nullptr;
  bool open = false;  // its socket exists
  bool gone = false;  // … and if it does, leads nowhere any more: aborted, or died with its process
  bool counted = false;  // takes a descriptor of its host
  watch reading;
  watch writing;
  io::readiness watched = io::readiness::none;
  std::uint64_t told_at = 0;    // the order in which ends were last told
  stream out;                   // what it has written
  bool finishes = false;        // will have finished as soon as it is connected
  instant moved{};              // when it last wrote, finished or went
  bool ended = false;           // a read has returned the end of stream
  std::error_code read_error;   // what a read says once everything that came is read
  std::error_code write_error;  // what a write says
  std::error_code said;         // what one of them has said, which writes repeat
  // Bytes that it may be given, and that it may write, before it has to wait: for scripts, which
  // move them as they please. An end that may be given none does not see the end of stream either.
  std::size_t may_read = unlimited;
  std::size_t may_write = unlimited;

  // The name that its host has for it.
  token who() const { return reading.who ? reading.who : writing.who; }

  bool broken() const { return bool(write_error); }
};

struct link {
  // The connecting end's side of it.
  enum class state : std::uint8_t {
    connecting,  // the attempt is going on, as far as that end was told
    open,        // established; may still wait in the listener's backlog
    failed,
  };

  link(std::uint32_t number, std::uint64_t stamp, route& way);

  const std::uint32_t id;
  const std::uint64_t since;  // the order in which attempts began
  route& way;
  const endpoint& to;  // as it was called by who connected
  const bool local;    // a unix socket

  state is = state::connecting;
  bool answered = false;                   // by a listener, in whose backlog it is or was
  std::error_code denied;                  // why the attempt will fail, when that is known already
  std::uint32_t accepted = 0;              // how manieth of its listener, from 1; 0: not yet
  simulated_listener* waits_at = nullptr;  // in its backlog
  std::string names[2];                    // of its peer, for side 0 and 1; made when asked for
  link_end ends[2];                        // 0 has connected, 1 was accepted

  link_end& end(int side) { return ends[side]; }
  const link_end& end(int side) const { return ends[side]; }
  link_end& peer(int side) { return ends[1 - side]; }
  const link_end& peer(int side) const { return ends[1 - side]; }

  // How messages end in what `side` writes.
  message_size written_by(int side) const;

  // Whether that end may read and write, or has failed to connect.
  bool usable(int side) const { return side == 1 || is != state::connecting; }

  // Both ends have finished: nothing can break any more.
  bool over() const { return ends[0].out.finished && ends[1].out.finished; }
};

}  // namespace dovetail::sim
