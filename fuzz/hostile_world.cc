#include "fuzz/hostile_world.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "buffer/block.h"
#include "config/config.h"
#include "fuzz/honest.h"
#include "proxy/proxy.h"
#include "proxy/silent_log.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "sim/model/client_group.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"
#include "sim/model/conversation.h"
#include "sim/model/server_group.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/network.h"
#include "sim/search/tape_chooser.h"
#include "sim/world/scene.h"

namespace dovetail::fuzz {
namespace {

constexpr std::uint32_t honest_client = 0;
constexpr std::uint32_t hostile_client = 1;
constexpr std::uint32_t lying = 0;
constexpr std::uint32_t honest = 1;
constexpr std::uint64_t events_max = 20'000;
constexpr std::size_t block_bytes = 256;

// Holds what the honest client is told against what it must be told.
class honest_judge final : public sim::client_observer {
 public:
  explicit honest_judge(std::vector<honest_exchange> exchanges)
      : exchanges_(std::move(exchanges)) {}

  const std::vector<honest_exchange>& exchanges() const { return exchanges_; }
  bool satisfied() const { return answered_ == exchanges_.size(); }

  void on_connected(sim::client_name, instant) override {}
  void on_sent(sim::client_name, std::size_t, instant) override {}
  void on_received(sim::client_name, std::string_view, instant) override {}
  void on_reply(sim::client_name who,
                sim::request_number asked,
                std::string_view reply,
                instant) override {
    if (who.client != honest_client) return;
    DOVETAIL_CHECK(asked == answered_);
    DOVETAIL_CHECK(reply == exchanges_[answered_].reply);
    ++answered_;
  }
  // No client is told what is no reply, whatever a server says.
  void on_malformed(sim::client_name, std::string_view, instant) override {
    constexpr bool a_client_received_what_is_no_reply = true;
    DOVETAIL_CHECK(!a_client_received_what_is_no_reply);
  }
  void on_ended(sim::client_name who,
                sim::client_end how,
                std::error_code,
                std::string_view,
                instant) override {
    if (who.client != honest_client) return;
    DOVETAIL_CHECK(how == sim::client_end::closed && satisfied());
  }

 private:
  std::vector<honest_exchange> exchanges_;
  std::size_t answered_ = 0;
};

config two_servers(bool redis) {
  pool_config pool;
  pool.name = "pool";
  pool.listen = sim::proxy_address();
  pool.hash = hash_kind::fnv1a_64;
  pool.distribution = distribution_kind::modula;
  pool.redis = redis;
  pool.timeout_ms = 1000;
  for (const std::uint32_t server : {lying, honest}) {
    const endpoint at = sim::server_address(server);
    pool.servers.push_back({.address = at, .weight = 1, .name = at.host});
  }
  return {.pools = {pool}};
}

proxy_options with_small_blocks() {
  proxy_options how;
  how.block_size = block_bytes;
  return how;
}

sim::habits habits_of(const hostilities& what) {
  sim::habits how;
  how.cuts = what.cuts;
  how.batches = what.batches;
  return how;
}

class hostile_world {
 public:
  explicit hostile_world(const hostilities& what)
      : tape_(what.tape),
        net_(tape_, habits_of(what)),
        config_(two_servers(what.redis)),
        judge_(honest_exchanges(what.redis, honest, 2)),
        blocks_(block_bytes),
        proxy_host_(net_.add_host("proxy")),
        server_host_(net_.add_host("servers", true)),
        client_host_(net_.add_host("clients")),
        proxy_(config_, with_small_blocks(), proxy_host_, log_),
        servers_(server_host_, block_bytes),
        clients_(client_host_, judge_, blocks_) {
    proxy_host_.attach(proxy_);
    server_host_.attach(servers_);
    client_host_.attach(clients_);
    const sim::framing& speaks = what.redis ? sim::redis_framing : sim::memcache_framing;
    net_.speaks(sim::proxy_address(), speaks);
    listen(lying, std::make_unique<lying_server>(what.response_bytes), speaks);
    listen(honest, std::make_unique<honest_server>(what.redis), speaks);
    DOVETAIL_CHECK(proxy_.start(net_.now()).has_value());
    net_.begin(proxy_host_);
    net_.begin(server_host_);
    add_clients(what);
    net_.begin(client_host_);
  }

  void run() {
    happen();
    net_.set_chooser(dull_);
    happen();
    DOVETAIL_CHECK(judge_.satisfied());
    clients_.tell(hostile_client, sim::client_deed::close);
    net_.begin(client_host_);
    happen();
    DOVETAIL_CHECK(proxy_.idle());
  }

 private:
  void listen(std::uint32_t number,
              std::unique_ptr<sim::server> model,
              const sim::framing& speaks) {
    const endpoint at = sim::server_address(number);
    net_.speaks(at, speaks);
    DOVETAIL_CHECK(servers_.add(std::move(model), at).has_value());
  }

  void add_clients(const hostilities& what) {
    const auto speaks = what.redis ? sim::wire_protocol::redis : sim::wire_protocol::memcache;
    sim::client_session well_behaved;
    for (const honest_exchange& each : judge_.exchanges())
      well_behaved.requests.push_back({.bytes = each.request});
    sim::client_session attack{.ending = sim::client_ending::stay};
    attack.requests.push_back({.bytes = what.request_bytes, .due = sim::replies_due::any});
    clients_.add({.to = sim::proxy_address(), .speaks = speaks, .sessions = {well_behaved}});
    clients_.add({.to = sim::proxy_address(), .speaks = speaks, .sessions = {attack}});
  }

  // Until nothing more can.
  void happen() {
    for (;;) {
      net_.settle();
      possible_.clear();
      net_.list(possible_);
      if (possible_.empty()) return;
      DOVETAIL_CHECK(net_.events() < events_max);
      const std::size_t chosen = possible_.size() == 1 ? 0 : net_.choices().pick(possible_);
      net_.perform(possible_[chosen]);
    }
  }

  sim::tape_chooser tape_;
  sim::dull_chooser dull_;
  sim::network net_;
  config config_;
  honest_judge judge_;
  silent_log log_;
  block_pool blocks_;
  sim::host& proxy_host_;
  sim::host& server_host_;
  sim::host& client_host_;
  proxy proxy_;
  sim::server_group servers_;
  sim::client_group clients_;
  std::vector<sim::happening> possible_;
};

}  // namespace

void play(const hostilities& what) {
  hostile_world world(what);
  world.run();
}

}  // namespace dovetail::fuzz
