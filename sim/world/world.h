// A simulated world: clients, the proxy, servers, the network between them and the judge over all.
//
//     world w(scene, chooser);
//     while (w.step()) {}            // faults may strike; ends when nothing more can happen
//     w.close();                     // heal, go quiet, probe: the rest is not chosen
//     w.found()                      // what the judge says
//
// One object, one thread, no clock, no randomness of its own: the same scene and the same choices
// make the same run, bit for bit.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "config/config.h"
#include "proxy/proxy.h"
#include "proxy/silent_log.h"
#include "recorder/flight_log.h"
#include "recorder/flight_recorder.h"
#include "sim/model/client_group.h"
#include "sim/model/client_program.h"
#include "sim/model/server_group.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/world/hasher.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"
#include "stats/counters.h"

namespace dovetail::sim {

class world final : public director {
 public:
  // `choices` outlives the world.
  // What crosses the proxy's seam goes into `seam`, if there is one, which outlives the world.
  world(const scene& of, chooser& choices, flight_log* seam = nullptr);
  ~world() override;
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  // One happening. False when nothing more can happen, or the judge has found something.
  bool step();

  // The same in two halves, for who follows a script instead of choosing: what may happen now, the
  // dull one first, and making it happen.
  const std::vector<happening>& possible();
  void perform(const happening& what);

  // --- for scripts: deeds that nobody chooses

  // Makes it so at once, whatever the budgets say. `whom` as in the happening: a client, a server
  // or a link, as the fault has it.
  void make(fault what, std::uint32_t whom);
  void tell(std::uint32_t client, client_deed what);
  void connect(std::uint32_t late_client);  // in their order
  // Clients that are there, or were.
  std::uint32_t came() const { return static_cast<std::uint32_t>(clients_->size()); }
  void unstall(std::uint32_t server);
  void make_reachable(std::uint32_t server);
  void give_descriptors();
  void pass(duration time);
  // What the server does with its next requests, in this order.
  void expect_conduct(std::uint32_t server, const conduct& next) {
    scripted_[server].push_back(next);
  }
  // What it was told and has met no request for, from now on not expected any more; returns how
  // many those were.
  std::size_t forget_conduct(std::uint32_t server) {
    return std::exchange(scripted_[server], {}).size();
  }
  // Lets it say this on each of its connections that has room for it now.
  void say(std::uint32_t server, const std::string& text);

  // The end of a run that nobody chooses about any more: the world heals, everybody gets what they
  // still wait for, all goes quiet, and every server connection is tried once.
  void close();

  const verdict& found() const { return judge_.found(); }

  // Equal fingerprints: from here on, equal choices have equal outcomes. Addresses, names that were
  // handed out, statistics and the time of day do not count.
  fingerprint state() const;

  // What must hold at every moment; step() looks before it chooses.
  void check();

  // Everything observable so far, for comparing runs.
  fingerprint history() const { return history_.result(); }

  std::uint64_t events() const { return net_.events(); }
  const network& wires() const { return net_; }
  network& wires() { return net_; }
  const proxy& subject() const { return *proxy_; }
  const judge& court() const { return judge_; }
  judge& court() { return judge_; }
  const scene& made_of() const { return scene_; }

  // --- director
  conduct behaviour(std::uint32_t server, std::string_view request) override;
  bool answers_early(std::uint32_t server, std::string_view begun) override;
  std::string unasked(std::uint32_t server) override;
  bool stalled(std::uint32_t server) const override { return stalled_[server]; }
  bool emptied(std::uint32_t server) const override { return emptied_[server]; }
  void on_served(const served& what) override { judge_.on_served(what); }

 private:
  // How far the proxy has served a client.
  struct progress {
    token name;
    std::uint32_t first = 0;  // sequence number of the oldest request without a reply
    std::uint32_t taken = 0;  // … of the next one
    std::size_t owed = 0;     // bytes of replies that are not written
    std::uint64_t told = 0;   // bytes that were, while so much is owed
  };

  // Of all connections to a server: requests that it owes an answer to, and those of them that
  // count as written.
  struct account {
    std::int64_t owed = 0;
    std::int64_t written = 0;
  };

  void start();
  void add_client(std::uint32_t client);
  bool brings_probe(const happening& what) const;
  // Whether a deadline has come that the proxy has not looked at.
  bool is_behind() const;
  bool nothing_is_owed() const;
  bool is_served(const link& at) const;
  std::vector<link*> links_served_by(std::uint32_t server) const;
  void add_faults(std::vector<happening>& into) const;
  void strike(const happening& what);
  void reload();
  void judge_pauses();
  void rest();
  void heal();
  void judge_idle_blocks();
  std::vector<std::size_t> open_to_servers() const;  // connections, of each server
  void hang_up();
  void stay_silent();
  void judge_gauges();
  void judge_accounts();
  void judge_taken();
  void judge_asked(const server_counters& counts, const account& of);
  void try_servers();
  bool may(fault what) const;
  void spend(fault what);
  link* link_of_client(std::uint32_t client) const;
  std::uint64_t number_of(token name) const;
  bool forecast_counts() const;

  void add_links(hasher& to) const;
  void add_link(hasher& to, const link& at) const;
  void add_proxy(hasher& to) const;
  void add_clients(hasher& to) const;
  void add_judge(hasher& to) const;

  scene scene_;
  std::uint32_t players_;  // clients of the scene; those behind them try the servers in the end
  chooser* choices_;
  std::vector<account> accounts_;  // one for each server
  dull_chooser dull_;
  network net_;
  judge judge_;
  config config_;
  silent_log log_;
  block_pool blocks_;
  host& proxy_host_;
  host& server_host_;
  host& client_host_;
  std::unique_ptr<flight_recorder> recorder_;  // between the proxy and its host, or none
  std::unique_ptr<proxy> proxy_;
  std::unique_ptr<server_group> servers_;
  std::unique_ptr<client_group> clients_;
  fault_budget budget_;
  unsigned faults_left_;
  unsigned probes_ = 0;           // that time went on for
  std::size_t lanes_most_ = 0;    // that a reload has allowed; clients keep theirs
  std::vector<progress> served_;  // each client that was seen
  std::vector<bool> stalled_, unreachable_, emptied_;
  std::vector<happening> possible_;
  std::vector<std::deque<conduct>> scripted_;  // of each server
  std::vector<std::string> unasked_;           // likewise
  hasher history_;
};

// How the proxy of such a world is made: with this configuration and these options.
config proxy_config_of(const scene& from);
proxy_options proxy_options_of(const scene& from);

// The whole of it: steps until nothing more happens, then the end.
verdict run(world& of);

}  // namespace dovetail::sim
