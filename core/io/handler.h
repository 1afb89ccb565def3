// The seam, third part: what the world tells the core.
//
// A *turn* is any number of accepts and readies followed by one turn end; it may be empty, which is
// how a deadline is delivered. All events of a turn carry the same or a later instant than the ones
// before. In a turn, each socket and direction is told at most once.
//
//     on_accept(l, s)  on_ready(a, readable)  on_ready(b, writable)  on_turn_end ─▶ wake me at …
//
// The handler writes in on_turn_end, once for each connection that has something to say: that is
// where the batching comes from. Nothing calls the handler while it is running.

#pragma once

#include <memory>
#include <optional>

#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail::io {

class handler {
 public:
  virtual ~handler() = default;

  // `listener` is the name given to network::listen. Dropping the socket refuses the connection;
  // its peer may have left already, which reading will tell.
  virtual void on_accept(token listener, std::unique_ptr<socket> peer, instant now) = 0;

  // Something that was watched for may be possible now; it may also have passed. `what` may name
  // both directions at once.
  virtual void on_ready(token who, readiness what, instant now) = 0;

  // The loop has told everything it knows. Returns when to be told again at the latest; a wake-up
  // is only a poke and may come early or late, deadlines are the handler's to compare.
  virtual std::optional<instant> on_turn_end(instant now) = 0;
};

}  // namespace dovetail::io
