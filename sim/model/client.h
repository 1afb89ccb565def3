// One model client: at most one connection at a time, driven by its plan.
//
//     waiting ──pause over──▶ connecting ──▶ open ──▶ over ──▶ waiting, if there is another session
//                                  └──────refused──────▲
//
//     program ─▶ admit (window, think time) ─▶ out_ ─▶ write, up to the next act ─▶
//                                  due_ ◀─ reply ◀─ reader ◀─ in_ ◀─ read, up to the next act

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/ring.h"
#include "base/time.h"
#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/model/client_acts.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"
#include "sim/model/memcache_reply_reader.h"
#include "sim/model/redis_reply_reader.h"
#include "sim/model/reply_frame.h"

namespace dovetail::sim {

// Makes a socket's peer find a reset, and destroys it.
using socket_reset = std::function<void(std::unique_ptr<io::socket>)>;

// What all clients of a group share.
struct client_surroundings {
  io::network& net;
  client_observer& observer;
  block_pool& pool;
  socket_reset reset;
};

// Where a client is, as plain values: equal ones go on alike, given equal programs, unread bytes
// and networks.
struct client_position {
  std::uint32_t connection = 0;
  std::uint8_t phase = 0;
  bool reads = false;
  bool finished = false;
  std::size_t admitted = 0;     // of the session's own requests
  std::uint64_t written = 0;    // bytes
  std::uint64_t received = 0;   // bytes
  std::size_t unwritten = 0;    // bytes of what was admitted
  std::size_t unanswered = 0;   // requests
  request_number answered = 0;  // the first request that may have a reply coming
  instant wake = instant::max();

  bool operator==(const client_position&) const = default;
};

class client {
 public:
  client(std::uint32_t number, client_plan plan, client_surroundings& around);

  // Something that the current connection watched for.
  void on_ready(io::readiness what, instant now);

  // At the end of a turn: says and does what is due.
  void advance(instant now);

  // Adds a request behind all that was admitted before; while it waits for its next connection, the
  // first one there. Not when it is over. Written when the turn ends, if advance() is called then.
  void send(std::string_view bytes, replies_due due, std::string_view opaque);

  // To be done when the turn ends; `finish` once all that was sent is written.
  void tell(client_deed what) { told_.push_back(what); }

  // When advance() is wanted at the latest; instant::max() when no time matters.
  instant wake() const { return wake_; }

  client_name name() const { return {number_, connection_}; }
  bool over() const { return phase_ == phase::over; }
  std::size_t unanswered() const { return unanswered_; }
  std::string_view unread() const { return in_.unread(); }
  client_position position() const;

  bool awake = false;    // kept by the group: advance() will be called when the turn ends
  bool timed = false;    // kept by the group: wake() is looked at
  bool counted = false;  // kept by the group: over() was seen

 private:
  enum class phase : std::uint8_t { waiting, connecting, open, over };

  const client_session& session() const { return plan_.sessions[session_]; }
  bool has_room() const { return session().window == 0 || unanswered_ < session().window; }
  bool done() const;

  void connect(instant now);
  void on_attempt_ended(instant now);
  void fill(instant now);
  void frame(instant now);
  reply_frame read_reply();
  request_number take_asker(std::string_view reply);

  void admit(instant now);
  bool thinks(const client_request& next, instant now);
  void refill(instant now);
  void flush(instant now);
  bool write_once(instant now);
  void watch();

  void perform(client_act::point when, std::uint64_t at, instant now);
  void perform(client_deed what, duration lasting, instant now);
  void perform_told(instant now);
  void finish();
  void end_when_done(instant now);
  void end(client_end how, std::error_code why, instant now);
  void start_anew(instant now);
  void wake_at(instant when) { wake_ = std::min(wake_, when); }

  client_surroundings* around_;
  client_plan plan_;
  std::uint32_t number_;
  std::uint32_t connection_ = 0;  // number of the current one
  std::size_t session_ = 0;
  phase phase_ = phase::waiting;
  instant begins_ = instant::min();  // when `waiting` ends
  instant wake_ = instant::min();

  // Of the connection:
  std::unique_ptr<io::socket> socket_;
  instant connected_{};
  std::size_t next_ = 0;                 // of the session's own requests
  instant room_since_ = instant::max();  // since when the window has had room for it
  byte_queue out_;                       // admitted and not written
  std::uint64_t written_ = 0;
  std::uint64_t received_ = 0;
  ring<replies_due> due_;         // admitted and not answered, in order
  ring<std::string> opaques_;     // of those of them that are `maybe`
  request_number first_due_ = 0;  // number of due_.front()
  std::size_t unanswered_ = 0;    // how many of them are `one`
  inbox in_;
  redis_reply_reader redis_reader_;
  memcache_reply_reader memcache_reader_;
  client_acts acts_;
  std::vector<client_deed> told_;
  instant resumes_ = instant::max();  // when it reads again
  bool reads_ = true;
  bool finished_ = false;
  bool finishes_ = false;  // once out_ is empty
};

}  // namespace dovetail::sim
