// How a stream gets connected: resolve, then try every address in turn.

#pragma once

#include <string>
#include <vector>

#include "asio/address.h"
#include "asio/loop.h"
#include "asio/stream.h"
#include "base/endpoint.h"

namespace dovetail {

// Starts an attempt for a stream that is connecting, and returns before it can have ended: even an
// error that is known at once is told by the loop. Closing the stream gives the attempt up.
void start_connecting(asio_loop::state& loop, const stream_ref& stream, const endpoint& to);

// As above, with the addresses of the name known: each is tried in turn, last the one that let the
// name's last attempt be given up.
void start_connecting(asio_loop::state& loop,
                      const stream_ref& stream,
                      std::string name,
                      std::vector<address> candidates);

}  // namespace dovetail
