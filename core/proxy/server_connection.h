// The server's side: requests → bytes; bytes → responses, each with its ticket. Knows no client and
// no socket.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "protocol/protocol.h"
#include "proxy/pairing.h"
#include "stats/counters.h"

namespace dovetail {

// A response and whose it is.
struct answer {
  ticket owner;
  slice reply;            // what the client shall see; empty when it is not to be told
  bool failed = false;    // the server's own error
  bool late = false;      // its owner has been told already that it did not come in time
  duration took{};        // from the request's place in line to the response
  std::string note = {};  // of the request, where that was long enough for the slow log; else empty
};

//     connecting ──connected──▶ greeting ──all accepted──▶ ready
//          │                        │                        │
//          └──────── failed ────────┴──────── lost ──────────┴──▶ (the proxy drops it)
//
// Requests may be asked from the first moment on; they are not written before every greeting (AUTH,
// SELECT) was accepted, so that no request ever runs unauthenticated or in another database.
class server_connection {
 public:
  // All outlive the connection. Of requests that take `slow_after` a note is given with the answer.
  server_connection(const protocol& speaks,
                    block_pool& pool,
                    server_counters& counts,
                    std::optional<duration> slow_after);
  ~server_connection();
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  // Puts the request, or its part with these keys, in line. No deadline is for ever. Nobody is told
  // of the response of a request without an owner; it is still awaited.
  void ask(const request& what, const ticket& owner, instant now, std::optional<instant> deadline);
  void ask_part(const request& what,
                std::span<const std::uint32_t> keys,
                const ticket& owner,
                instant now,
                std::optional<instant> deadline);

  // Puts a question in line that any server answers that is well. Its response is nobody's.
  void ask_probe(instant now, instant deadline);

  // Another configuration of the same protocol, which outlives the connection as well.
  void speak(const protocol& from_now_on) { protocol_ = &from_now_on; }

  // From now on notes are given of requests that take so long; none: of none.
  void note_after(std::optional<duration> slow_after) { slow_after_ = slow_after; }

  // All that wait and have not been told that it is too late are due by `deadline` now.
  void expect_by(std::optional<instant> deadline) { awaiting_.expect_by(deadline); }

  void connected();
  bool connecting() const { return phase_ == phase::connecting; }
  bool ready() const { return phase_ == phase::ready; }

  // What may be written now.
  outbox& output() { return phase_ == phase::ready ? requests_ : greeting_; }
  void wrote(std::size_t bytes, instant now);
  std::size_t unwritten_bytes() const { return requests_.size(); }

  // That have come and were not passed on.
  std::size_t held_bytes() const { return requests_.size() + inbox_.size(); }

  inbox& input() { return inbox_; }

  // Bytes have come: the server is not silent.
  void heard(instant now) { last_heard_ = now; }

  enum class outcome {
    answered,  // `into` holds the next response
    nothing,   // until more bytes have come
    greeted,   // the server accepted the greeting: there is output now
    doubtful,  // a response that cannot be right: end the connection, trust nothing it says
    refused,   // the server did not accept the greeting: end the connection
  };
  outcome next(answer& into);

  // After doubtful or refused: what to tell those that wait.
  std::string_view why() const { return why_; }

  // Each request whose deadline has come, one a call.
  std::optional<ticket> expire(instant now);

  // Silent for a whole time-out after the front's deadline, or not even ready by that deadline: end
  // it. A server that sends anything, if slowly, is not silent; but when misses_max deadlines in a
  // row have passed without one response in time, nobody gains by waiting any longer.
  bool given_up(instant now, duration timeout) const;

  // When expire() or given_up() have news at the earliest.
  std::optional<instant> next_deadline(duration timeout) const;

  // The connection is lost: each request that still waits for its response, one a call, as owner
  // and lateness of the answer that will not come, with how long it was waited for and, if that is
  // slow, its note. False when none is left.
  bool abandon(answer& into, instant now);

  // Gives back storage that nothing is in.
  void shrink() { awaiting_.shrink(); }

  // Whether the request that waits in front may go to another connection when this one is lost: no
  // byte of it was taken here, its client still waits, and it has not been moved before. Of one
  // that never got ready, none may.
  bool front_may_move() const;

  // Puts it in line there, with its deadline. `to` is a connection to the same server.
  void move_front(server_connection& to);

  // Somebody waits whom its loss would cost an answer.
  bool is_needed() const { return !awaiting_.empty() && !front_may_move(); }

  bool idle() const { return awaiting_.empty(); }

  // For who only looks: what is owed, what came and what is to be written.
  const awaiting& owed() const { return awaiting_; }
  const inbox& input() const { return inbox_; }
  const outbox& unwritten() const { return requests_; }
  const outbox& greeting() const { return greeting_; }

 private:
  enum class phase { connecting, greeting, ready };

  bool takes_notes() const;
  void line_up(const expectation& expected,
               std::uint32_t note_size,
               std::size_t size_before,
               const ticket& owner,
               instant now,
               std::optional<instant> deadline);
  outcome greeted_by(const response& came, answer& into);
  outcome pair(const response& came, answer& into);
  std::optional<instant> give_up_at(duration timeout) const;
  void measure(const awaited& answered, answer& into);
  outcome doubt(std::string_view why);
  void settle_front();
  void lose_front();
  bool is_always_late(duration timeout) const;

  // More than a bad moment, and more than a few clients who ask one after the other; requests that
  // were asked together are due together and count once.
  static constexpr std::uint64_t misses_max = 16;

  const protocol* protocol_;
  server_counters* counters_;
  std::unique_ptr<response_parser> parser_;
  inbox inbox_;
  outbox greeting_;
  outbox requests_;
  awaiting awaiting_;
  std::optional<duration> slow_after_;
  phase phase_ = phase::connecting;
  std::size_t greetings_owed_ = 0;
  std::uint64_t asked_bytes_ = 0;    // ever put into requests_
  std::uint64_t written_bytes_ = 0;  // of these, taken by the socket
  instant last_heard_ = instant::min();
  std::uint64_t misses_ = 0;                // deadlines that passed since a response came in time
  instant first_missed_{}, last_missed_{};  // the first and the last of them
  std::string why_;
};

}  // namespace dovetail
