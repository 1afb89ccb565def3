// What a model server is to the connections in front of it.

#pragma once

#include <memory>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"

namespace dovetail::sim {

// One client's talk with a model server: what the server remembers between two requests.
class conversation {
 public:
  enum class step {
    served,      // one request was taken from the inbox; its reply, if it has one, is in the outbox
    incomplete,  // more bytes are needed; some may have been taken
    hang_up,     // the outbox is the last that is sent
  };

  virtual ~conversation() = default;

  // Serves the next request. Behaviour that depends on a request's place in its connection, such as
  // a fault, belongs around this call.
  virtual step serve(inbox& in, outbox& out, instant now) = 0;
};

// What all conversations share: the data.
class server {
 public:
  virtual ~server() = default;

  // The server must outlive the conversation.
  virtual std::unique_ptr<conversation> accept() = 0;
};

}  // namespace dovetail::sim
