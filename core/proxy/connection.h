// One socket: fills an inbox, flushes an outbox. The only place where the core reads and writes.

#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "io/socket.h"

namespace dovetail {

class connection {
 public:
  explicit connection(std::unique_ptr<io::socket> socket) : socket_(std::move(socket)) {}

  // From here on events for this socket carry `who`.
  void name(token who) { who_ = who; }

  enum class filled { some, nothing, end };

  // One read of at most read_bytes_max into `into`. `end`: the peer has finished sending.
  result<filled> fill(inbox& into);

  // One write of what `from` begins with. Returns how many bytes were taken, and asks to be told of
  // room when some were left.
  result<std::size_t> flush(outbox& from);

  // After the first writable of a connecting socket: did it work?
  std::error_code connected();

  void watch(io::readiness what) { socket_->watch(what, who_); }
  void finish() { socket_->finish(); }
  void keep_alive(const io::keep_alive_options& how) { socket_->keep_alive(how); }
  std::string_view peer() const { return socket_->peer(); }

 private:
  // Bounds what one connection may take of a turn.
  static constexpr std::size_t read_bytes_max = 65536;

  template <std::size_t Pieces>
  result<std::size_t> write(const outbox& from);

  std::unique_ptr<io::socket> socket_;
  token who_;
};

}  // namespace dovetail
