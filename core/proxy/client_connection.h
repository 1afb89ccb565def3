// The client's side: bytes → requests; replies → bytes, in order. Knows no server and no socket.

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "protocol/protocol.h"
#include "proxy/forecast.h"
#include "proxy/reply_window.h"

namespace dovetail {

//     reading ──QUIT, end of stream, malformed, drain──▶ finishing ──all replies written──▶ done
//
// Reading pauses by itself while the client has too many requests unanswered or too many bytes of
// replies waiting or coming, and while a server it waits for does not read.
class client_connection {
 public:
  struct limits {
    std::size_t requests_max;      // unanswered
    std::size_t reply_bytes_max;   // of replies not yet written to the client, or coming
    std::size_t replies_at_first;  // may be coming before anything is known of their size
  };

  // All but `who` outlive the connection. To `replied` each request is added whose reply is in line
  // to be written.
  client_connection(const protocol& speaks,
                    block_pool& pool,
                    split_pool& splits,
                    const limits& bounds,
                    counter& replied,
                    session who);

  // Other limits, which outlive the connection as well.
  void bound_by(const limits& from_now_on) { bounds_ = &from_now_on; }

  // Whether another request may be taken now, if its replies, unwritten or coming, may have so many
  // bytes. Its reply may go beyond the limit: one always may.
  bool may_take(std::size_t reply_bytes_max) const;

  // That have come and were not passed on.
  std::size_t held_bytes() const {
    return inbox_.size() + outbox_.size() + window_.waiting_bytes();
  }

  // The next request of the inbox; consume() it before the next call. After `malformed` the error
  // is already in the window and the connection finishes.
  parse_status next(request& found);
  void consume(const request& taken) { inbox_.consume(taken.consumed); }

  // The proxy's own reply to the request at hand.
  void answer(std::string_view reply);

  // A place for the reply to the request at hand, of which servers were asked; its sequence number.
  std::uint32_t open();
  std::uint32_t open(std::unique_ptr<split_request> split);

  // A server's response is here or will never come, whether or not the client was told before that
  // it is late: until then it counts as coming.
  forecast& coming() { return coming_; }

  // No more requests are taken; replies still owed will be written.
  void finish() { finishing_ = true; }
  bool finishing() const { return finishing_; }

  // Nothing is owed any more and nothing will be: the connection can end.
  bool done() const { return finishing_ && window_.empty() && outbox_.empty(); }

  // It is owed nothing, and does not owe the rest of a request.
  bool quiet() const { return inbox_.empty() && window_.empty() && outbox_.empty(); }

  // A server that this client waits for does not read: one hold for each.
  void hold() { ++holds_; }
  void release() { --holds_; }

  inbox& input() { return inbox_; }
  outbox& output() { return outbox_; }
  reply_window& window() { return window_; }
  session& who() { return session_; }
  const session& who() const { return session_; }
  const inbox& input() const { return inbox_; }
  const forecast& coming() const { return coming_; }
  const outbox& output() const { return outbox_; }
  const reply_window& window() const { return window_; }

 private:
  const limits* bounds_;
  std::unique_ptr<request_parser> parser_;
  inbox inbox_;
  outbox outbox_;
  reply_window window_;
  forecast coming_;
  session session_;
  std::uint32_t holds_ = 0;
  bool trusted_ = true;  // by the parser: its client has said the password, if there is one
  bool finishing_ = false;
};

}  // namespace dovetail
