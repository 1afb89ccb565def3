#include "sim/model/server_group.h"

#include <expected>
#include <memory>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"
#include "sim/model/connection.h"
#include "sim/model/conversation.h"

namespace dovetail::sim {

result<endpoint> server_group::add(std::unique_ptr<server> model, const endpoint& at) {
  auto joining = std::make_unique<member>();
  joining->model = std::move(model);
  member& joined = *joining;
  const token name = members_.insert(std::move(joining));
  auto door = net_->listen(at, {}, name);
  if (!door) {
    members_.erase(name);
    return std::unexpected(door.error());
  }
  joined.door = std::move(*door);
  return joined.door->where();
}

void server_group::on_accept(token listener, std::unique_ptr<io::socket> peer, instant) {
  member* const host = members_.find(listener);
  DOVETAIL_CHECK(host != nullptr);
  auto arriving = std::make_unique<connection>(std::move(peer), host->model->accept(), pool_);
  connection& arrived = *arriving;
  wake(connections_.insert(std::move(arriving)), arrived);
}

void server_group::on_ready(token who, io::readiness what, instant) {
  connection* const at = connections_.find(who);
  if (at == nullptr) return;
  if (io::can_read(what)) at->fill();
  wake(who, *at);
}

void server_group::wake(token name, connection& at) {
  if (!at.awake) awake_.push_back(name);
  at.awake = true;
}

void server_group::wake_all() {
  connections_.for_each([this](token name, connection& each) { wake(name, each); });
}

std::optional<instant> server_group::on_turn_end(instant now) {
  for (const token name : awake_) {
    connection& at = *connections_.find(name);
    at.awake = false;
    if (at.advance(now)) {
      at.watch(name);
    } else {
      connections_.erase(name);
    }
  }
  awake_.clear();
  return std::nullopt;
}

}  // namespace dovetail::sim
