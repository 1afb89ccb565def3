// The seam, second part: where sockets come from.

#pragma once

#include <memory>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail::io {

struct listen_options {
  int backlog = 512;
  bool reuse_port = false;   // several listeners share one TCP port, or one process's unix socket
  bool is_first = false;     // of these: nobody may have the address yet, or it is in use
  unsigned permissions = 0;  // of a unix socket's file, at no time more; 0: as the umask says
};

// Accepts connections until it is destroyed; a unix listener then removes its file.
class listener {
 public:
  virtual ~listener() = default;

  // Stops and resumes accepting, at once even within on_accept: while paused, connections wait in
  // the kernel's backlog. Out of descriptors, a listener pauses itself for a moment and goes on.
  virtual void pause() = 0;
  virtual void resume() = 0;

  // Where it listens: the port that was chosen when port 0 was asked for.
  virtual endpoint where() const = 0;
};

class network {
 public:
  virtual ~network() = default;

  // Starts to connect and returns at once. Names are resolved without blocking and every address is
  // tried in turn (one that let the last attempt be given up may come last); the last one's error
  // is the socket's. A name that cannot be resolved fails with EHOSTDOWN, whose text twemproxy's
  // clients know ("Host is down").
  virtual std::unique_ptr<socket> connect(const endpoint& to) = 0;

  // Binds and listens; names its connections' origin by `who` in on_accept. Fails with the system's
  // reason (address_in_use, permission_denied, …). The file of a unix socket that nobody listens at
  // any more is replaced; any other file is in use.
  virtual result<std::unique_ptr<listener>> listen(const endpoint& at,
                                                   const listen_options& how,
                                                   token who) = 0;
};

}  // namespace dovetail::io
