// What may go wrong at a moment, and making it so.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "config/print.h"
#include "recorder/entry.h"
#include "sim/model/client_program.h"
#include "sim/net/choice.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_replies.h"
#include "sim/world/tagged_server.h"
#include "sim/world/world.h"

namespace dovetail::sim {

namespace {

network::reach reach_after(fault what) {
  if (what == fault::refusal) return network::reach::refused;
  return what == fault::black_hole ? network::reach::silent : network::reach::unresolved;
}

}  // namespace

bool world::may(fault what) const {
  return faults_left_ > 0 && budget_[static_cast<std::size_t>(what)] > 0;
}

void world::spend(fault what) {
  --budget_[static_cast<std::size_t>(what)];
  --faults_left_;
}

// The proxy's name for a client is the client's own: its number.
link* world::link_of_client(std::uint32_t client) const {
  for (const auto& each : net_.links()) {
    const link_end& end = each->end(0);
    if (end.at == &client_host_ && end.open && end.who().slot == client) return each.get();
  }
  return nullptr;
}

// Whether it is one of the proxy's connections to a server, and the server still there.
bool world::is_served(const link& at) const {
  const link_end& end = at.end(1);
  return at.end(0).at == &proxy_host_ && end.open && !end.broken() && !end.gone;
}

std::vector<link*> world::links_served_by(std::uint32_t server) const {
  std::vector<link*> all;
  for (const auto& each : net_.links()) {
    if (is_served(*each) && each->to == server_address(server)) all.push_back(each.get());
  }
  return all;
}

void world::add_faults(std::vector<happening>& into) const {
  const auto add = [&](fault what, std::uint32_t whom) {
    into.push_back({happening::kind::fault, 0, static_cast<std::uint16_t>(what), whom});
  };
  if (into.empty() || faults_left_ == 0 || net_.in_turn()) return;
  for (std::uint32_t client = 0; client < players_; ++client) {
    const auto& record = judge_.clients()[client];
    if (!record.connected || record.over || record.wrong) continue;
    if (may(fault::client_reset)) add(fault::client_reset, client);
    if (may(fault::client_finish)) add(fault::client_finish, client);
    if (may(fault::stop_reading)) add(fault::stop_reading, client);
  }
  for (const auto& each : net_.links()) {
    if (!is_served(*each)) continue;
    if (may(fault::server_reset)) add(fault::server_reset, each->id);
    if (may(fault::server_close)) add(fault::server_close, each->id);
  }
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    if (may(fault::stall) && !stalled_[server]) add(fault::stall, server);
    if (may(fault::restart) && !links_served_by(server).empty()) add(fault::restart, server);
    if (unreachable_[server]) continue;
    if (may(fault::refusal)) add(fault::refusal, server);
    if (may(fault::black_hole)) add(fault::black_hole, server);
    if (may(fault::unresolved)) add(fault::unresolved, server);
  }
  const bool later = proxy_host_.wake() && *proxy_host_.wake() > net_.now();
  if (may(fault::lateness) && later) add(fault::lateness, 0);
  if (may(fault::descriptors)) add(fault::descriptors, 0);
  if (may(fault::reload)) add(fault::reload, 0);
}

void world::strike(const happening& event) {
  if (network_audience* const watching = net_.audience()) watching->on_happening(event);
  const auto what = static_cast<fault>(event.detail);
  ledger_entry entry{.what = what, .server = {}, .from = net_.events()};
  spend(what);
  switch (what) {
    case fault::client_reset:
      judge_.on_client_fault(event.whom, what);
      if (link* const at = link_of_client(event.whom)) net_.reset(*at);
      return;
    case fault::client_finish:
      judge_.on_client_fault(event.whom, what);
      clients_->tell(event.whom, client_deed::finish);
      return net_.begin(client_host_);
    case fault::server_reset:
    case fault::server_close: {
      link& at = *net_.find(event.whom);
      entry.server = static_cast<std::uint32_t>(std::stoul(at.to.host.substr(1)));
      entry.link = at.id;
      if (what == fault::server_reset) net_.reset(at);
      if (what == fault::server_close) net_.sever(at, 1);
      break;
    }
    case fault::restart:
      entry.server = event.whom;
      emptied_[event.whom] = true;
      for (link* const each : links_served_by(event.whom)) {
        entry.link = each->id;
        net_.sever(*each, 1);
        judge_.on_fault(entry);
      }
      return;
    case fault::stall:
      entry.server = event.whom;
      stalled_[event.whom] = true;
      break;
    case fault::refusal:
    case fault::black_hole:
    case fault::unresolved:
      entry.server = event.whom;
      unreachable_[event.whom] = true;
      net_.set_reach(server_address(event.whom), reach_after(what));
      break;
    case fault::stop_reading:
      return tell(event.whom, judge_.clients()[event.whom].deaf ? client_deed::resume_reading
                                                                : client_deed::stop_reading);
    case fault::lateness:
      judge_.on_lost_time(*proxy_host_.wake() - net_.now());
      net_.pass(*proxy_host_.wake() - net_.now());
      break;
    case fault::descriptors:
      proxy_host_.sockets_max = 0;
      break;
    case fault::reload:
      reload();
      return net_.begin(proxy_host_);
    default:
      return;  // of the servers' own doing: see behaviour()
  }
  judge_.on_fault(entry);
}

// Every pool that is changed is succeeded by another one, whatever the change: clients, and the
// connections to servers with all that waits there, move over.
void world::reload() {
  int& lanes = config_.pools.front().server_connections;
  const int as_made = static_cast<int>(scene_.lanes);
  lanes = lanes == as_made ? as_made + 1 : as_made;
  lanes_most_ = std::max(lanes_most_, static_cast<std::size_t>(lanes));
  if (recorder_) recorder_->note(entry_kind::prepare, net_.now(), print_config(config_));
  DOVETAIL_CHECK(proxy_->prepare(config_).has_value());
  if (recorder_) recorder_->note(entry_kind::adopt, net_.now(), print_config(config_));
  proxy_->adopt(config_, 0, net_.now());
}

conduct world::behaviour(std::uint32_t server, std::string_view request) {
  if (auto& script = scripted_[server]; !script.empty()) {
    conduct its = std::move(script.front());
    script.pop_front();
    return its;
  }
  if (const std::string* const text = judge_.answer_to(server, request)) {
    return {.wrong = {}, .says = *text};
  }
  if (faults_left_ == 0) return {};
  fault offered[faults];
  std::uint32_t count = 0;
  for (std::size_t each = 0; each < faults; ++each) {
    const auto what = static_cast<fault>(each);
    if (may(what) && fits(what, request, scene_.redis)) offered[count++] = what;
  }
  if (count == 0) return {};
  const std::uint32_t chosen = choices_->choose(count + 1, site::behaviour);
  history_.add(chosen);
  if (chosen == 0) return {};
  spend(offered[chosen - 1]);
  return {.wrong = offered[chosen - 1], .says = {}};
}

bool world::answers_early(std::uint32_t server, std::string_view begun) {
  if (begun.empty()) return false;
  if (auto& script = scripted_[server]; !script.empty()) {
    const bool early = script.front().wrong == fault::early_error;
    if (early) script.pop_front();
    return early;
  }
  if (!may(fault::early_error)) return false;
  const bool answers = choices_->choose(2, site::behaviour) == 1;
  history_.add(answers);
  if (answers) spend(fault::early_error);
  return answers;
}

std::string world::unasked(std::uint32_t server) {
  return std::exchange(unasked_[server], {});
}

// ---- scripts

void world::make(fault what, std::uint32_t whom) {
  ++budget_[static_cast<std::size_t>(what)];
  ++faults_left_;
  perform({happening::kind::fault, 0, static_cast<std::uint16_t>(what), whom});
}

void world::tell(std::uint32_t client, client_deed what) {
  const bool leaves = what == client_deed::close || what == client_deed::reset;
  if (leaves) judge_.on_client_fault(client, fault::client_reset);
  if (what == client_deed::stop_reading) judge_.on_deaf(client, true);
  if (what == client_deed::resume_reading) judge_.on_deaf(client, false);
  clients_->tell(client, what);
  net_.begin(client_host_);
}

void world::connect(std::uint32_t late_client) {
  DOVETAIL_CHECK(clients_->size() == late_client);
  add_client(late_client);
  net_.begin(client_host_);
}

void world::unstall(std::uint32_t server) {
  stalled_[server] = false;
  servers_->wake_all();
  net_.begin(server_host_);
}

void world::make_reachable(std::uint32_t server) {
  unreachable_[server] = false;
  net_.set_reach(server_address(server), network::reach::normal);
}

void world::give_descriptors() {
  proxy_host_.sockets_max = std::numeric_limits<std::size_t>::max();
}

bool world::is_behind() const {
  return proxy_host_.wake() && *proxy_host_.wake() <= net_.now();
}

// Deadlines that have come by then may excuse an error from now on.
void world::pass(duration time) {
  net_.pass(time);
  judge_.on_lost_time(time);
  if (is_behind()) judge_.on_fault({.what = fault::lateness, .server = {}, .from = net_.events()});
}

void world::say(std::uint32_t server, const std::string& text) {
  unasked_[server] = text;
  servers_->wake_all();
  net_.begin(server_host_);
}

}  // namespace dovetail::sim
