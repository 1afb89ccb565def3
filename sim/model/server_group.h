// Any number of model servers on one network.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/slot_table.h"
#include "buffer/block.h"
#include "io/handler.h"
#include "io/network.h"
#include "sim/model/connection.h"
#include "sim/model/conversation.h"

namespace dovetail::sim {

// Tells its servers' connections apart by the listener that accepted them. Like the proxy, it
// reads when told and serves and writes once a turn.
class server_group final : public io::handler {
 public:
  // The network must outlive the group.
  explicit server_group(io::network& net, std::size_t block_size = block_pool::default_block_size)
      : net_(&net), pool_(block_size) {}

  // Lets `model` listen and returns where it does. Fails with the system's reason.
  result<endpoint> add(std::unique_ptr<server> model, const endpoint& at);

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

  // Looks at every connection again when the turn ends: for models that did not serve all they had.
  void wake_all();

  std::size_t connections() const { return connections_.size(); }

 private:
  struct member {
    std::unique_ptr<server> model;
    std::unique_ptr<io::listener> door;
  };

  void wake(token name, connection& at);

  io::network* net_;
  block_pool pool_;
  slot_table<member> members_;
  slot_table<connection> connections_;
  std::vector<token> awake_;  // told of in this turn, in that order
};

}  // namespace dovetail::sim
