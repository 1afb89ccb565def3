// A judge that is told of a proxy which nobody has written: what its tests are made of.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/model/client_observer.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/route.h"
#include "sim/world/asked.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_replies.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

// Is told of turns, which count as happenings, and does nothing.
struct nobody final : io::handler {
  void on_accept(token, std::unique_ptr<io::socket>, instant) override {}
  void on_ready(token, io::readiness, instant) override {}
  std::optional<instant> on_turn_end(instant) override { return {}; }
};

// Tells a judge what a proxy did that nobody has written: each test makes one mistake.
class court {
 public:
  explicit court(const scene& of) : scene_(of), net_(dull_, {}), judge_(scene_, net_) {
    for (std::uint32_t server = 0; server < of.servers; ++server) {
      ways_.push_back(
          {.at = server_address(server), .speaks = redis_framing, .doors = {}, .leads_to = {}});
      arrivals_.push_back(0);
    }
    for (std::uint32_t server = 0; server < of.servers; ++server)
      links_.emplace_back(server + 1, server, ways_[server]);
    for (std::uint32_t client = 0; client < of.clients.size(); ++client)
      judge_.on_connected({client, 0}, {});
    net_.add_host("nobody").attach(nobody_);
  }

  // The client says all it has to say.
  void ask(std::uint32_t client) {
    std::size_t size = 0;
    for (const auto& each : judge_.clients()[client].requests)
      size += each.what.bytes.size();
    judge_.on_sent({client, 0}, size, net_.now());
  }

  void ask_all() {
    for (std::uint32_t client = 0; client < scene_.clients.size(); ++client)
      ask(client);
  }

  const asked& request(std::uint32_t client, std::uint32_t number) const {
    return judge_.clients()[client].requests[number].what;
  }

  void forward(std::uint32_t server, std::string_view bytes) {
    judge_.on_written(links_[server], 0, bytes);
  }

  // The server's answer, which it says to the judge as well.
  std::string serve(std::uint32_t server,
                    std::string_view bytes,
                    std::optional<fault> wrong = std::nullopt) {
    const std::uint32_t arrival = arrivals_[server]++;
    std::string reply = tagged_reply(bytes, scene_.redis, {server, 0, arrival});
    if (wrong) reply = wrong_reply(*wrong, bytes, scene_.redis, reply);
    judge_.on_served({server, 0, arrival, bytes, reply, wrong});
    return reply;
  }

  // Forwards and serves the only part of a request, or one of several.
  std::string pass(std::uint32_t client, std::uint32_t number, std::size_t part = 0) {
    const asked_part& its = request(client, number).parts[part];
    forward(its.server, its.wire);
    return serve(its.server, its.wire);
  }

  void tell(std::uint32_t client, request_number number, std::string_view reply) {
    judge_.on_received({client, 0}, reply, {});
    judge_.on_reply({client, 0}, number, reply, {});
  }

  // The proxy reads the server's end of stream.
  void hear_the_end(std::uint32_t server) { links_[server].end(0).ended = true; }

  void wait(duration time) { net_.pass(time); }

  // Another happening: what comes now is not at once with what was before.
  void later() { net_.perform({happening::kind::turn_end, 0, 0, 0}); }

  judge& sees() { return judge_; }
  oracle broken() const { return judge_.found().broken; }

 private:
  scene scene_;
  dull_chooser dull_;
  nobody nobody_;
  network net_;
  judge judge_;
  std::deque<route> ways_;
  std::deque<link> links_;
  std::vector<std::uint32_t> arrivals_;
};

inline scene gets(std::size_t clients, std::size_t requests, std::uint32_t servers = 1) {
  scene of;
  of.servers = servers;
  of.clients.resize(clients);
  for (client_scene& each : of.clients)
    each.steps.assign(requests, step{});
  return of;
}

inline scene one_request(const step& what, std::uint32_t servers = 1) {
  scene of;
  of.servers = servers;
  of.clients.push_back({.steps = {what}});
  return of;
}

// Something went wrong with a server, and may excuse errors about it, though nothing else.
inline ledger_entry trouble_with(std::uint32_t server) {
  return {.what = fault::stall, .server = server, .link = 0, .from = 0};
}

}  // namespace dovetail::sim
