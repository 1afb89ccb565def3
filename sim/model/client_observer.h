// Who watches model clients, and who tells them more to say.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/time.h"

namespace dovetail::sim {

// A connection of a client: both count from 0.
struct client_name {
  std::uint32_t client = 0;
  std::uint32_t connection = 0;

  bool operator==(const client_name&) const = default;
};

// The number of a request in its connection, counting from 0 all that were sent or are about to be.
using request_number = std::uint64_t;
inline constexpr request_number no_request = std::numeric_limits<request_number>::max();

enum class client_end : std::uint8_t {
  refused,   // it never stood
  finished,  // by the peer
  lost,      // reset by the peer, or by what is between
  closed,    // by the client
  reset,     // by the client
};

// Told within a turn, in the order in which things happen. It may call client_group's verbs.
class client_observer {
 public:
  virtual ~client_observer() = default;

  virtual void on_connected(client_name who, instant now) = 0;

  // The socket took so many bytes more.
  virtual void on_sent(client_name who, std::size_t size, instant now) = 0;

  // As they come, before they are understood.
  virtual void on_received(client_name who, std::string_view bytes, instant now) = 0;

  // One whole reply and the request that it must answer, if the stream is in step; no_request when
  // none has one coming.
  virtual void on_reply(client_name who,
                        request_number asked,
                        std::string_view reply,
                        instant now) = 0;

  // What was received is no reply; the client closes.
  virtual void on_malformed(client_name who, std::string_view unread, instant now) = 0;

  // The connection is over. `unread` is what came of a reply that was not completed; `why` is set
  // when it was refused or lost.
  virtual void on_ended(client_name who,
                        client_end how,
                        std::error_code why,
                        std::string_view unread,
                        instant now) = 0;
};

class client;

// Where requests come from that no program holds.
class client_source {
 public:
  virtual ~client_source() = default;

  // Asked at the end of a turn when a client's window has room for so many requests more: it gives
  // them to client::send. Returns when to be asked again at the latest; otherwise that is the case
  // when something has happened to the client.
  virtual std::optional<instant> on_room(client& who, std::size_t room, instant now) = 0;
};

}  // namespace dovetail::sim
