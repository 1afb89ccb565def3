// One accepted socket and the conversation held over it.

#pragma once

#include <cstddef>
#include <memory>

#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "io/socket.h"
#include "sim/model/conversation.h"

namespace dovetail::sim {

// Stops reading and serving while a client leaves too many replies unread, so that a client that
// never reads costs a bounded amount.
class connection {
 public:
  static constexpr std::size_t unsent_bytes_max = 1U << 20;

  connection(std::unique_ptr<io::socket> peer,
             std::unique_ptr<conversation> talk,
             block_pool& pool);

  // One read, as large as the inbox has room.
  void fill();

  // Serves what has come, writes what it can. False when the connection is over: everything is said
  // and one side is done, or it was lost.
  bool advance(instant now);

  // Watches for what advance() needs next.
  void watch(token name);

  bool awake = false;  // told of in this turn

 private:
  void serve(instant now);
  void flush();

  std::unique_ptr<io::socket> peer_;
  std::unique_ptr<conversation> talk_;
  inbox in_;
  outbox out_;
  bool waits_for_room_ = false;  // there may be whole requests in the inbox
  bool finished_ = false;        // by the client: nothing more will come
  bool hung_up_ = false;         // by the server
  bool lost_ = false;
};

}  // namespace dovetail::sim
