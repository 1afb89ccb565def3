// The seam, first part: a byte stream as the core sees it.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/token.h"

namespace dovetail::io {

using const_buffer = std::span<const std::byte>;

// Most buffers that one write may be given.
inline constexpr std::size_t buffers_per_write_max = 64;

enum class readiness : unsigned char { none = 0, readable = 1, writable = 2, both = 3 };

constexpr readiness operator|(readiness a, readiness b) {
  return static_cast<readiness>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr readiness operator&(readiness a, readiness b) {
  return static_cast<readiness>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
constexpr bool can_read(readiness what) {
  return (what & readiness::readable) != readiness::none;
}
constexpr bool can_write(readiness what) {
  return (what & readiness::writable) != readiness::none;
}

// How the kernel finds out whether a silent peer is still there. 0: as the system has it.
struct keep_alive_options {
  int idle_s = 0;      // of silence before the first probe (TCP_KEEPIDLE)
  int interval_s = 0;  // between probes (TCP_KEEPINTVL)
  int count = 0;       // probes without an answer that break the connection (TCP_KEEPCNT)

  bool operator==(const keep_alive_options&) const = default;
};

// A connected or connecting stream that never blocks. Owned by the core; destroying it closes it,
// and no event for it arrives afterwards. No call on it ever calls the handler.
//
// While it is connecting, read and write fail with operation_would_block and nothing is told. It
// becomes writable when the attempt has ended: from then on read and write work, or both fail with
// the reason, which is told to who waits to read, too.
//
// Errors are final: the same call fails with the same error for ever. A write that failed does not
// keep from reading what had arrived before; a read that failed was the last. Connections end by
// the peer's finish (read returns 0) or by a reset: connection_reset, or broken_pipe in a write.
class socket {
 public:
  virtual ~socket() = default;

  // Reads at most into.size() bytes, which must be at least one. Returns how many; 0 means that the
  // peer has finished sending, which is not a close: what we write may still be read and awaited.
  // The end is repeated, and watching for it again is told at once each time.
  // operation_would_block is normal, also after an event that said readable.
  virtual result<std::size_t> read(std::span<std::byte> into) = 0;

  // Writes the buffers in order, at most buffers_per_write_max of them; empty ones do not count.
  // Returns how many bytes were taken, any number from 1 to all, or operation_would_block for none.
  // Taken is not received. Writing nothing at all returns 0 on a connected socket.
  virtual result<std::size_t> write(std::span<const const_buffer> from) = 0;

  // Asks for one on_ready(who, …) for each of the named directions, in a later turn, also when it
  // is ready already: what was left by a short read, or came before the watch, is told. Asking
  // again before it came changes nothing but the name; asking for one direction leaves the other as
  // it was.
  virtual void watch(readiness what, token who) = 0;

  // Nothing more will be written: the peer reads to the end of what was taken and then finds the
  // end of the stream. Reading goes on. A later write is a broken pipe. While connecting it holds
  // for when the attempt has succeeded.
  virtual void finish() = 0;

  // From now on the kernel probes a silent peer (RFC 1122, 4.2.3.6); one that is gone breaks the
  // connection: connection timed out. Of no effect on what is not a connected TCP socket.
  virtual void keep_alive(const keep_alive_options& how) = 0;

  // The other end's address as text: the one that was reached, where a name has been resolved.
  // Empty when there is none. Valid as long as the socket.
  virtual std::string_view peer() const = 0;
};

}  // namespace dovetail::io
