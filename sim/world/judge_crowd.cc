// Clients that are too many.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/model/client_observer.h"
#include "sim/net/link.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

std::string_view judge::refusal() const {
  return scene_->redis ? "-ERR max number of clients reached\r\n"
                       : "SERVER_ERROR max number of clients reached\r\n";
}

// The proxy has never waited for anything to come from it.
bool judge::is_turned_away(const link& at) {
  return at.to == proxy_address() && !at.end(1).who();
}

// Those whose connections it has accepted and not let go of.
std::size_t judge::clients_of_proxy() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(wires_->links(), [](const std::unique_ptr<link>& each) {
        return each->to == proxy_address() && each->accepted != 0 && each->end(1).open;
      }));
}

void judge::judge_crowd() {
  if (scene_->clients_max == 0 || clients_of_proxy() <= scene_->clients_max) return;
  fail(oracle::bounded, "there are more clients than there may be");
}

void judge::judge_refusal(std::string_view bytes) {
  if (refusal().starts_with(bytes)) return;
  fail(oracle::well_formed_output,
       "a client was turned away with other words: " + std::string(bytes.substr(0, 100)));
}

void judge::on_dropped(const link& at) {
  if (!is_turned_away(at)) return;
  const std::uint32_t client = at.end(0).who().slot;
  clients_[client].refused = true;
  if (scene_->clients_max > 0 && clients_of_proxy() > scene_->clients_max) return;
  fail(oracle::errors_justified,
       "client " + std::to_string(client) + " was turned away although there was room");
}

// It hears that and nothing else, whatever it has asked by then; or nothing, where its connection
// took no byte at once.
void judge::judge_refused(client_record& by,
                          std::uint32_t client,
                          request_number number,
                          std::string_view reply) {
  if (reply != refusal() || by.replies > 1) {
    return fail(oracle::errors_justified, "client " + std::to_string(client) +
                                              ", who was turned away, was told " +
                                              std::string(reply.substr(0, 100)));
  }
  if (number == no_request || number >= by.requests.size()) return;
  by.requests[number].replied = true;
  if (keeps_replies_) by.requests[number].reply = reply;
}

}  // namespace dovetail::sim
