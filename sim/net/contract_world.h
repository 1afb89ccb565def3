// A world for the contract's clauses: one host that talks to itself.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "base/random.h"
#include "base/time.h"
#include "io/handler.h"
#include "io/network.h"
#include "sim/net/host.h"
#include "sim/net/network.h"

namespace dovetail::sim {

class random_test_chooser final : public chooser {
 public:
  explicit random_test_chooser(std::uint64_t seed) : random_(seed) {}
  std::size_t pick(std::span<const happening> possible) override {
    return random_.below(static_cast<std::uint32_t>(possible.size()));
  }
  std::uint32_t choose(std::uint32_t n, site) override { return random_.below(n); }

 private:
  random_stream random_;
};

class sim_world {
 public:
  sim_world() : net_(chooser_, habits{}), host_(net_.add_host("self")) {
    net_.set_reach(unresolvable(), sim::network::reach::unresolved);
  }

  io::network& network() { return host_; }

  bool run(io::handler& to, std::function<bool()> done, duration at_most) {
    const instant deadline = net_.now() + at_most;
    host_.attach(to);
    net_.begin(host_);
    std::vector<happening> possible;
    while (!done()) {
      net_.list(possible);
      const bool idle = possible.empty() || possible[0].what == happening::kind::wake;
      if (idle && (!host_.wake() || *host_.wake() > deadline)) {
        net_.pass(deadline - net_.now());
        net_.begin(host_);
        return done();
      }
      if (net_.now() >= deadline) return false;
      net_.perform(possible[chooser_.pick(possible)]);
      net_.pass(std::chrono::microseconds(1));
    }
    return true;
  }

  endpoint free_address() { return {.host = "10.0.0.1", .port = 0, .path = {}}; }
  endpoint other_address() { return {.host = "fd00::1", .port = 0, .path = {}}; }
  endpoint deaf_address() { return {.host = "10.0.0.1", .port = 1, .path = {}}; }
  endpoint unresolvable() { return {.host = "no such host", .port = 1, .path = {}}; }

  void abort(std::unique_ptr<io::socket> end) {
    auto& socket = static_cast<simulated_socket&>(*end);
    net_.abort(socket.on(), socket.side());
  }
  void take_descriptors() { host_.sockets_max = 0; }
  void give_descriptors() { host_.sockets_max = 1U << 20; }
  void saw(std::string_view) {}

 private:
  random_test_chooser chooser_{1};
  sim::network net_;
  host& host_;
};

}  // namespace dovetail::sim
