// Pairing: which request does a response answer?
//
// A server answers in the order it was asked, and a client must be answered in the order it asked.
// The two orders part as soon as one client talks to two servers:
//
//     client 7 asks  #0 -> server A        server A owes  #0 #2
//                    #1 -> server B        server B owes  #1
//                    #2 -> server A
//
// When B answers first, #1 waits in client 7's reply_window until A has answered #0.
//
// Upstream, server_connection holds an `awaiting`; downstream, client_connection holds a
// `reply_window`. Neither knows the other: a ticket is all that travels between them.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ring.h"
#include "base/time.h"
#include "base/token.h"
#include "buffer/byte_queue.h"
#include "message/response.h"

namespace dovetail {

// Names one reply that somebody is owed. A plain value: it outlives the client it names, and a
// response whose client has left is recognised and swallowed, never delivered to a newcomer.
struct ticket {
  token client;                // none: nobody waits (noreply)
  std::uint32_t sequence = 0;  // position in that client's stream of requests; wraps
  std::uint32_t part = 0;      // of a split request
};

// One request that a server owes a response to.
struct awaited {
  ticket owner;
  expectation expected;
  std::uint64_t first_byte = 0;  // where the request begins in all that was ever written here
  std::uint64_t size = 0;        // bytes
  instant asked_at{};
  instant written_at{};  // its last byte, once it is
  std::optional<instant> deadline;
  bool moved = false;  // has gone from one connection to another, which no request does twice
  std::uint32_t note_size = 0;  // bytes of its note, for the slow log

  std::uint64_t end() const { return first_byte + size; }
};

// The requests of one server connection in the order of their responses, and what these must echo.
//
//     | abandoned |            live             |
//       |  written           | being written or waiting |
//
// All have the same time-out, so those past their deadline are the first ones, and the first one
// that is not is the next to expire.
class awaiting {
 public:
  void push(const awaited& request) { requests_.push(request); }
  byte_queue& echoes() { return echoes_; }
  byte_queue& notes() { return notes_; }

  bool empty() const { return requests_.empty(); }
  std::size_t size() const { return requests_.size(); }
  const awaited& front() const { return requests_.front(); }
  std::string_view front_echo() const { return echoes_.front(front().expected.echo_size); }
  std::size_t note_bytes() const { return notes_.size(); }
  std::string_view front_note() const { return notes_.front(front().note_size); }

  // The front's response has come, or never will.
  awaited pop();

  // Gives the storage back when nothing is owed.
  void shrink() {
    requests_.shrink();
    echoes_.shrink();
    notes_.shrink();
  }

  // The next request whose deadline has come, each once: its owner is to be told, and nobody waits
  // for its response any more, which stays due. Nothing when none is left.
  std::optional<ticket> expire(instant now);

  // The deadline of each request that has not expired is this one now. None of them is later than
  // that of a request still to come, or it has none, as have all to come.
  void expect_by(std::optional<instant> deadline);

  // Whether the front has expired.
  bool front_is_late() const { return abandoned_ > 0; }

  // When expire() has something again.
  std::optional<instant> next_deadline() const;

  // The deadline of the front, if that has passed without a response.
  std::optional<instant> overdue_since() const;

  // All bytes up to `position` were written. Calls moved(awaited) for each request that is complete
  // on its way from now on.
  template <class Moved>
  void written_to(std::uint64_t position, instant now, Moved moved) {
    while (written_ < requests_.size() && requests_[written_].end() <= position) {
      awaited& sent = requests_[written_++];
      sent.written_at = now;
      moved(std::as_const(sent));
    }
  }

  // From the front on, for who only looks: nothing is owed by looking.
  const awaited& operator[](std::size_t at) const { return requests_[at]; }

  // How many, from the front on, passed their deadline; and how many are completely written.
  std::size_t abandoned() const { return abandoned_; }
  std::size_t written() const { return written_; }

  // Whether the front is completely written.
  bool front_is_written() const { return written_ > 0; }

 private:
  ring<awaited> requests_;
  byte_queue echoes_;
  byte_queue notes_;
  std::size_t abandoned_ = 0;
  std::size_t written_ = 0;
};

}  // namespace dovetail
