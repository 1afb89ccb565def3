// What clients and servers of one pool did in a recording, message by message.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "buffer/block.h"
#include "config/config.h"
#include "message/request.h"
#include "message/slow_log.h"
#include "protocol/protocol.h"
#include "proxy/running_pool.h"
#include "recorder/entry.h"
#include "recorder/file.h"

namespace dovetail::sim {

// At its place in the recording.
struct peer_event {
  enum class kind : std::uint8_t { comes, says, finishes, breaks, refuses, connects };

  kind what = kind::says;
  bool server = false;
  std::uint32_t number = 0;  // of the server in its pool, or of the client as they came, from 0
  std::uint64_t event = 0;   // of the recording, from 1
  std::uint64_t since = 0;   // of a refusal: the event in which the connection was asked for
  bool heard = true;         // of a break: by reading, and not by writing
  instant at{};              // since the recording's first event
  std::size_t messages = 0;  // that became whole
  std::vector<std::string> requests = {};  // of a client: those, as in a scenario
};

// Reads with the proxy's own parsers and placement, so that a key goes where it went.
class peer_event_reader {
 public:
  // `of` outlives it. Events before `from` and after `until` are read, but not kept.
  peer_event_reader(const pool_config& of, std::uint64_t from, std::uint64_t until);
  ~peer_event_reader();
  peer_event_reader(const peer_event_reader&) = delete;
  peer_event_reader& operator=(const peer_event_reader&) = delete;

  // Up to the end, to `until`, or to where another configuration took over, whichever is first.
  void read(const recording& of);

  const std::vector<peer_event>& events() const { return events_; }

  // Whether the client came before `from`.
  bool was_there(std::uint32_t client) const { return came_[client] < from_; }

  // In which event another configuration took over; 0: in none that was read.
  std::uint64_t reloaded() const { return reloaded_; }

 private:
  struct peer;

  void take(const entry& what);
  void add_client(std::uint32_t socket);
  void add_server(const entry& what);
  void hear(peer& from, const entry& what);
  void lose(peer& from, const entry& what);
  void take_requests(peer& from);
  void take_responses(peer& from);
  std::string line_for(const request& asked, dovetail::verdict what, std::string_view answer);
  std::string verb_of_several(std::string_view name) const;
  std::vector<std::string> owners_of(const request& asked);
  void note(const peer& of, peer_event::kind what);
  void note(peer_event what);

  const std::uint64_t from_;
  const std::uint64_t until_;
  slow_logs logs_;
  running_pool pool_;
  block_pool blocks_;
  std::uint64_t event_ = 0;
  std::uint64_t reloaded_ = 0;
  instant now_{};
  std::map<std::uint32_t, bool> doors_;  // listeners of the pool
  std::map<std::uint32_t, std::unique_ptr<peer>> peers_;
  std::vector<std::uint64_t> came_;  // with which event each client
  std::vector<peer_event> events_;
};

}  // namespace dovetail::sim
