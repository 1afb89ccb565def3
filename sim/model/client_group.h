// Any number of model clients on one network: a simulated one, or real sockets.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/model/client.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"

namespace dovetail::sim {

// Clients begin in the first turn after they were added, and write when a turn ends, each at most
// once but for acts between. Nothing is allocated in the steady state. Names its sockets by
// (client's number, number of its connection + 1).
class client_group final : public io::handler {
 public:
  // All that is given must outlive the group. `reset` is asked for each client_deed::reset; without
  // it, that is a close.
  client_group(io::network& net,
               client_observer& observer,
               block_pool& pool,
               socket_reset reset = {});

  // Returns the client's number: they count from 0.
  std::uint32_t add(client_plan plan);

  // client's verbs, for within a turn or before the first one; they are carried out when it ends.
  void send(std::uint32_t to,
            std::string_view bytes,
            replies_due due = replies_due::one,
            std::string_view opaque = {});
  void tell(std::uint32_t who, client_deed what);

  // Its source may have something to say now.
  void poke(std::uint32_t who) { wake(*clients_[who]); }

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

  std::size_t size() const { return clients_.size(); }
  const client& at(std::uint32_t number) const { return *clients_[number]; }

  // Clients whose last connection is over.
  std::size_t over() const { return over_; }

 private:
  void wake(client& whom);
  void wake_due(instant now);
  std::optional<instant> next_wake();

  client_surroundings around_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<client*> awake_;  // in this turn, in the order in which they woke
  std::vector<client*> timed_;  // those that time may wake
  std::size_t over_ = 0;
};

}  // namespace dovetail::sim
