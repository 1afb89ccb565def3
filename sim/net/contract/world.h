// A world for the contract's clauses: one host that talks to itself, in virtual time.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/endpoint.h"
#include "base/random.h"
#include "base/time.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/contract/outcomes.h"
#include "sim/net/contract/profile.h"
#include "sim/net/host.h"
#include "sim/net/network.h"

namespace dovetail::sim {

// What the worlds of this process are made of. Each takes the next seed.
struct contract_run {
  const profile* how = &profiles().front();
  std::uint64_t next_seed = 0;
};

inline contract_run& the_run() {
  static contract_run run;
  return run;
}

// What a clause does by itself, between two runs, moves all there is: clauses are written for
// networks that take a few bytes whole. What it does when told of something is cut as the profile
// says.
class contract_chooser final : public chooser {
 public:
  contract_chooser(std::uint64_t seed, const profile& how)
      : random_(seed),
        is_random_(how.random),
        dull_sixteenths_(how.swarm ? 5 * random_.below(4) : 0) {}

  std::size_t pick(std::span<const happening> possible) override {
    if (!is_random_ || random_.below(16) < dull_sixteenths_) return 0;
    return random_.below(static_cast<std::uint32_t>(possible.size()));
  }
  std::uint32_t choose(std::uint32_t n, site about) override {
    const bool sizes = about == site::read_size || about == site::write_size;
    return is_random_ && (running || !sizes) ? random_.below(n) : 0;
  }

  random_stream& draws() { return random_; }

  bool running = false;

 private:
  random_stream random_;
  const bool is_random_;
  const std::uint32_t dull_sixteenths_;  // how often the first is picked in any case
};

// The clauses' texts have no messages; these are as good as any.
inline std::size_t word_size(std::string_view bytes) {
  return bytes.find_first_of("05K") + 1;
}
inline constexpr framing words = {word_size, word_size};

class contract_world {
  // What the network chooses for port 0.
  static constexpr std::uint16_t first_port = 40000;

  // A clause that lets time pass must see what it waits for, and none may last for ever.
  static constexpr auto event_time = std::chrono::microseconds(5);

 public:
  explicit contract_world(const endpoint& unresolvable)
      : seed_(the_run().next_seed++),
        chooser_(seed_, *the_run().how),
        net_(chooser_, habits_for_clause()),
        host_(net_.add_host("self")) {
    net_.set_reach(unresolvable, reach::unresolved);
    for (std::uint16_t port = first_port; port < first_port + 4; ++port)
      net_.speaks({.host = "10.0.0.1", .port = port, .path = {}}, words);
  }
  ~contract_world() {
    if (!::testing::Test::HasFailure()) return;
    ADD_FAILURE() << "in a world of --profile=" << the_run().how->name << " --seed=" << seed_;
  }
  contract_world(const contract_world&) = delete;
  contract_world& operator=(const contract_world&) = delete;

  io::network& network() { return host_; }

  bool run(io::handler& to, const std::function<bool()>& done, duration at_most) {
    const instant deadline = net_.now() + at_most;
    host_.attach(to);
    net_.begin(host_);
    chooser_.running = true;
    while (!enough(done) && go_on(deadline)) {
    }
    if (net_.in_turn()) net_.perform({happening::kind::turn_end, 0, 0, host_.number()});
    chooser_.running = false;
    return done();
  }

  void abort(const std::unique_ptr<io::socket>& end) {
    auto& socket = static_cast<simulated_socket&>(*end);
    net_.abort(socket.on(), socket.side());
  }
  void take_descriptors() { host_.sockets_max = 0; }
  void give_descriptors() { host_.sockets_max = std::size_t{1} << 20; }

  void saw(std::string_view outcome, std::initializer_list<std::string_view> allowed) {
    outcomes_seen().enter(clause(), outcome, allowed);
  }

 protected:
  std::uint64_t seed() const { return seed_; }
  sim::network& net() { return net_; }

 private:
  static std::string_view clause() {
    return ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }

  habits habits_for_clause() {
    habits how = the_run().how->drawn(chooser_.draws());
    fit(how, clause());
    return how;
  }

  bool enough(const std::function<bool()>& done) { return !net_.in_turn() && done(); }

  // False when it is too late for anything.
  bool go_on(instant deadline) {
    net_.list(possible_);
    std::erase_if(possible_, [&](const happening& each) {
      const bool waits = each.what == happening::kind::wake || each.what == happening::kind::leap;
      return waits && *host_.wake() > deadline;
    });
    if (possible_.empty()) {
      net_.pass(deadline - net_.now());
      net_.begin(host_);
      return false;
    }
    if (net_.now() >= deadline) return false;
    net_.perform(possible_[chooser_.pick(possible_)]);
    net_.pass(event_time);
    return true;
  }

  const std::uint64_t seed_;
  contract_chooser chooser_;
  sim::network net_;
  host& host_;
  std::vector<happening> possible_;
};

class tcp_world : public contract_world {
 public:
  tcp_world() : contract_world(nowhere()) {}

  endpoint free_address() { return {.host = "10.0.0.1", .port = 0, .path = {}}; }
  endpoint other_address() { return {.host = "fd00::1", .port = 0, .path = {}}; }
  endpoint deaf_address() { return {.host = "10.0.0.1", .port = 1, .path = {}}; }
  endpoint unresolvable() { return nowhere(); }

 private:
  static endpoint nowhere() { return {.host = "no such host", .port = 1, .path = {}}; }
};

class unix_world : public contract_world {
 public:
  unix_world() : contract_world(nowhere()) {}

  endpoint free_address() {
    const endpoint fresh = at("/run/" + std::to_string(++files_));
    net().speaks(fresh, words);
    return fresh;
  }
  endpoint other_address() { return at("/run/ein Name für Socken"); }
  endpoint unresolvable() { return nowhere(); }

  // There is no such file, or nobody behind it.
  endpoint deaf_address() {
    const endpoint deaf = at("/run/nobody");
    if (seed() % 2 == 1) net().set_reach(deaf, reach::refused);
    return deaf;
  }

 private:
  static endpoint at(std::string path) { return {.host = {}, .port = 0, .path = std::move(path)}; }
  static endpoint nowhere() { return at("/" + std::string(200, 'x')); }

  int files_ = 0;
};

}  // namespace dovetail::sim
