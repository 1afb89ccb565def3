// Stands between a network and a handler, and writes down what crosses.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "recorder/entry.h"
#include "recorder/flight_log.h"

namespace dovetail {

// The handler finds its network in it, the network its handler. Sockets and listeners are let go of
// before it.
class flight_recorder final : public io::network, public io::handler {
 public:
  // Both outlive it.
  flight_recorder(io::network& world, flight_log& log) : world_(world), log_(log) {}
  flight_recorder(const flight_recorder&) = delete;
  flight_recorder& operator=(const flight_recorder&) = delete;

  // Who is told of what happens, and outlives its last event.
  void attach(io::handler& to) { handler_ = &to; }

  // The handler is about to be told something beside the seam: to start, to drain, to take over
  // another configuration, whose text that is. What it asks of the world from now on is because of
  // that.
  void note(entry_kind told,
            instant now,
            std::string_view configuration = {},
            std::size_t clients_max = 0) {
    note_event({.kind = told, .number = clients_max, .text = configuration}, now);
  }

  // Nothing is written down any more: the handler is about to be destroyed.
  void stop() { stopped_ = true; }

  std::unique_ptr<io::socket> connect(const endpoint& to) override;
  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options& how,
                                               token who) override;

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  class line;
  class door;

  void add(const entry& what) {
    if (!stopped_) log_.add(what);
  }
  void note_event(entry what, instant now);
  std::unique_ptr<line> number(std::unique_ptr<io::socket> inner);

  io::network& world_;
  flight_log& log_;
  io::handler* handler_ = nullptr;
  bool stopped_ = false;
  instant last_{};            // of the last event
  std::vector<line*> lines_;  // sockets, by number; null: free
  std::vector<std::uint32_t> free_lines_;
  std::vector<token> doors_;  // listeners, by number, as the handler calls them; none: free
};

}  // namespace dovetail
