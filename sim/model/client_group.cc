#include "sim/model/client_group.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/model/client.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"

namespace dovetail::sim {

client_group::client_group(io::network& net,
                           client_observer& observer,
                           block_pool& pool,
                           socket_reset reset)
    : around_{.net = net, .observer = observer, .pool = pool, .reset = std::move(reset)} {}

std::uint32_t client_group::add(client_plan plan) {
  const auto number = static_cast<std::uint32_t>(clients_.size());
  clients_.push_back(std::make_unique<client>(number, std::move(plan), around_));
  wake(*clients_.back());
  return number;
}

void client_group::send(std::uint32_t to,
                        std::string_view bytes,
                        replies_due due,
                        std::string_view opaque) {
  clients_[to]->send(bytes, due, opaque);
  wake(*clients_[to]);
}

void client_group::tell(std::uint32_t who, client_deed what) {
  clients_[who]->tell(what);
  wake(*clients_[who]);
}

// Clients listen nowhere.
void client_group::on_accept(token, std::unique_ptr<io::socket>, instant) {
  DOVETAIL_CHECK(false);
}

void client_group::on_ready(token who, io::readiness what, instant now) {
  client& told = *clients_[who.slot];
  if (told.name().connection + 1 != who.generation) return;
  told.on_ready(what, now);
  wake(told);
}

void client_group::wake(client& whom) {
  if (!whom.awake) awake_.push_back(&whom);
  whom.awake = true;
}

std::optional<instant> client_group::on_turn_end(instant now) {
  wake_due(now);
  // Whoever is told of one client may wake another.
  for (std::size_t at = 0; at < awake_.size(); ++at) {
    client& next = *awake_[at];
    next.awake = false;
    next.advance(now);
    if (next.over() && !std::exchange(next.counted, true)) ++over_;
    if (next.wake() != instant::max() && !std::exchange(next.timed, true)) timed_.push_back(&next);
  }
  awake_.clear();
  return next_wake();
}

void client_group::wake_due(instant now) {
  for (client* const each : timed_) {
    if (each->wake() <= now) wake(*each);
  }
}

std::optional<instant> client_group::next_wake() {
  std::optional<instant> first;
  std::erase_if(timed_, [&](client* each) {
    each->timed = each->wake() != instant::max();
    if (each->timed) first = std::min(first.value_or(each->wake()), each->wake());
    return !each->timed;
  });
  return first;
}

}  // namespace dovetail::sim
