#include "sim/world/world.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "config/config.h"
#include "io/network.h"
#include "proxy/proxy.h"
#include "proxy/sides.h"
#include "recorder/entry.h"
#include "recorder/flight_log.h"
#include "recorder/flight_recorder.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "sim/model/client_group.h"
#include "sim/model/client_program.h"
#include "sim/model/server_group.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/world/asked.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"
#include "stats/counters.h"

namespace dovetail::sim {
namespace {

// A server that stays out is probed for ever; so often before the world heals is enough.
constexpr unsigned probes_max = 6;

// No run of a scene of this size may need more.
constexpr std::uint64_t events_max = 100'000;

// One more client for each lane, and of each one request to every server: after the silence, each
// server connection must still answer what it is asked.
scene with_probes(scene of) {
  for (std::uint32_t lane = 0; lane < of.lanes; ++lane) {
    client_scene probe;
    if (of.password) probe.steps.push_back({.what = verb::auth, .owners = {0}});
    for (std::uint32_t server = 0; server < of.servers; ++server) {
      probe.steps.push_back({.what = verb::get, .owners = {static_cast<std::uint8_t>(server)}});
    }
    of.clients.push_back(std::move(probe));
  }
  return of;
}

}  // namespace

config proxy_config_of(const scene& from) {
  pool_config pool;
  pool.name = "pool";
  pool.listen = proxy_address();
  pool.hash = hash_kind::fnv1a_64;
  pool.distribution = distribution_kind::modula;
  pool.redis = from.redis;
  for (const client_scene& each : from.clients) {
    const bool flushes = std::ranges::find(each.steps, verb::all, &step::what) != each.steps.end();
    pool.allow_flush = pool.allow_flush || flushes;
  }
  pool.preconnect = from.preconnect;
  pool.server_connections = static_cast<int>(from.lanes);
  pool.timeout_ms =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(from.timeout).count());
  if (from.password) pool.redis_auth = "secret";
  pool.reply_depth_max = 32;
  pool.client_connections = static_cast<int>(from.clients_max);
  pool.client_requests_max = static_cast<int>(from.requests_max);
  pool.client_reply_bytes_max = static_cast<int>(from.reply_bytes_max);
  pool.server_queue_bytes_max = static_cast<int>(from.server_outbox_bytes_max);
  pool.pool_bytes_max = static_cast<int>(from.pool_bytes_max);
  pool.auto_eject_hosts = from.eject_after > 0;
  if (from.eject_after > 0) pool.server_failure_limit = static_cast<int>(from.eject_after);
  pool.eject_rehash = from.eject_rehash;
  pool.client_idle_timeout_ms = static_cast<int>(
      std::chrono::duration_cast<std::chrono::milliseconds>(from.client_idle_timeout).count());
  if (from.per_key) pool.on_partial_failure = partial_failure_kind::per_key;
  pool.server_retry_timeout_ms = pool.timeout_ms;  // over before the servers are tried in the end
  for (std::uint32_t server = 0; server < from.servers; ++server) {
    const endpoint at = server_address(server);
    pool.servers.push_back({.address = at, .weight = 1, .name = at.host});
  }
  return {.pools = {pool}};
}

proxy_options proxy_options_of(const scene& from) {
  return {.block_size = from.block_bytes, .replies_at_first = scene::replies_at_first};
}

world::world(const scene& of, chooser& choices, flight_log* seam)
    : scene_(with_probes(of)),
      players_(static_cast<std::uint32_t>(of.clients.size())),
      choices_(&choices),
      accounts_(of.servers),
      net_(choices, of.net),
      judge_(scene_, net_),
      config_(proxy_config_of(of)),
      blocks_(of.block_bytes),
      proxy_host_(net_.add_host("proxy")),
      server_host_(net_.add_host("servers", of.eager)),
      client_host_(net_.add_host("clients", of.eager)),
      recorder_(seam ? std::make_unique<flight_recorder>(proxy_host_, *seam) : nullptr),
      budget_(of.budget),
      faults_left_(of.faults_max),
      stalled_(of.servers),
      unreachable_(of.servers),
      emptied_(of.servers),
      scripted_(of.servers),
      unasked_(of.servers) {
  net_.set_tap(&judge_);
  start();
}

world::~world() {
  if (recorder_) recorder_->stop();
  net_.set_chooser(dull_);  // sockets that are let go of now belong to no run
  net_.set_tap(nullptr);
}

void world::start() {
  io::network& seam = recorder_ ? static_cast<io::network&>(*recorder_) : proxy_host_;
  proxy_ = std::make_unique<proxy>(config_, proxy_options_of(scene_), seam, log_);
  proxy_host_.attach(*proxy_);
  if (recorder_) {
    recorder_->attach(*proxy_);
    proxy_host_.attach(*recorder_);
    recorder_->note(entry_kind::start, net_.now());
  }
  servers_ = std::make_unique<server_group>(server_host_, scene_.block_bytes);
  server_host_.attach(*servers_);
  clients_ = std::make_unique<client_group>(client_host_, judge_, blocks_);
  client_host_.attach(*clients_);

  const framing& speaks = scene_.redis ? redis_framing : memcache_framing;
  net_.speaks(proxy_address(), speaks);
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    const endpoint at = server_address(server);
    net_.speaks(at, speaks);
    const auto opened =
        servers_->add(std::make_unique<tagged_server>(*this, server, scene_.redis), at);
    DOVETAIL_CHECK(opened.has_value());
  }
  DOVETAIL_CHECK(proxy_->start(net_.now()).has_value());
  net_.begin(proxy_host_);
  net_.begin(server_host_);
  if (scene_.preconnect) {
    chooser& later = *std::exchange(choices_, &dull_);
    net_.set_chooser(dull_);
    rest();
    choices_ = &later;
    net_.set_chooser(later);
  }
  for (std::uint32_t client = 0; client < players_ && !scene_.clients[client].late; ++client)
    add_client(client);
  net_.begin(client_host_);
  net_.settle();
}

void world::add_client(std::uint32_t client) {
  const client_scene& from = scene_.clients[client];
  client_session session{.pause = from.pause,
                         .requests = {},
                         .window = from.window,
                         .acts = {},
                         .ending = scene_.stay ? client_ending::stay : client_ending::close};
  for (const auto& each : judge_.clients()[client].requests) {
    session.requests.push_back({.bytes = each.what.bytes,
                                .due = each.what.replied ? replies_due::one : replies_due::none});
  }
  client_plan plan{.to = proxy_address(),
                   .speaks = scene_.redis ? wire_protocol::redis : wire_protocol::memcache,
                   .sessions = {}};
  plan.sessions.push_back(std::move(session));
  clients_->add(std::move(plan));
}

const std::vector<happening>& world::possible() {
  net_.settle();
  check();
  possible_.clear();
  if (!found().good()) return possible_;
  net_.list(possible_);
  if (probes_ >= probes_max && nothing_is_owed()) {
    std::erase_if(possible_, [this](const happening& each) { return brings_probe(each); });
  }
  add_faults(possible_);
  return possible_;
}

// Whether it lets time go on to when the proxy probes a server.
bool world::brings_probe(const happening& what) const {
  const bool of_time = what.what == happening::kind::wake || what.what == happening::kind::leap;
  const auto next = proxy_->servers(0).next_probe();
  return of_time && what.whom == proxy_host_.number() && next && proxy_host_.wake() == next;
}

bool world::nothing_is_owed() const {
  bool nothing = true;
  proxy_->for_each_server(
      [&](const server_side& each) { nothing &= each.is_probe || each.talk.idle(); });
  return nothing;
}

bool world::step() {
  if (possible().empty()) return false;
  const std::size_t chosen = possible_.size() == 1 ? 0 : choices_->pick(possible_);
  DOVETAIL_CHECK(chosen < possible_.size());
  perform(possible_[chosen]);
  return true;
}

void world::perform(const happening& what) {
  history_.add((std::uint64_t{static_cast<std::uint8_t>(what.what)} << 56) |
               (std::uint64_t{what.side} << 48) | (std::uint64_t{what.detail} << 32) | what.whom);
  if (what.what == happening::kind::wake && brings_probe(what)) ++probes_;
  if (what.what == happening::kind::fault) {
    strike(what);
  } else {
    net_.perform(what);
  }
  if (!is_behind()) judge_.on_caught_up();
  net_.settle();
}

void world::check() {
  if (proxy_->connection_counters().stale_events.get() != 0) {
    judge_.fail(oracle::handles, "the proxy was told of a connection that it has no more");
  }
  if (net_.events() > events_max) {
    judge_.fail(oracle::work_bound, "the run does not come to an end");
  }
  proxy_->for_each_client([this](const client_side& each) {
    if (each.talk.window().size() > scene_.requests_max) {
      judge_.fail(oracle::bounded, "a client has more unanswered requests than it may have");
    }
  });
  judge_pauses();
  judge_.judge_crowd();
  if (scene_.blocks_max > 0 && proxy_->blocks().in_use() > scene_.blocks_max) {
    judge_.fail(oracle::bounded, std::to_string(proxy_->blocks().in_use()) + " blocks are in use");
  }
  judge_accounts();
}

// Of a client to which as much is owed as may be, nothing is taken before it has read some of it.
void world::judge_pauses() {
  if (scene_.reply_bytes_max == scene().reply_bytes_max) return;  // more than any replies come to
  proxy_->for_each_client([this](const client_side& each) {
    auto before = std::ranges::find(served_, each.name, &progress::name);
    if (before == served_.end()) before = served_.insert(before, {.name = each.name});
    const reply_window& window = each.talk.window();
    progress now{.name = each.name,
                 .first = window.first(),
                 .taken = window.first() + static_cast<std::uint32_t>(window.size()),
                 .owed = window.waiting_bytes() + each.talk.output().size()};
    const std::uint64_t client = number_of(each.name);
    if (client < judge_.clients().size()) now.told = judge_.clients()[client].told;
    const bool full = before->owed >= scene_.reply_bytes_max;
    // Parts that are joined take less room.
    const bool as_full = full && now.told == before->told && now.first == before->first;
    if (as_full && now.taken != before->taken) {
      judge_.fail(oracle::bounded, "more was taken of a client than its replies have room for");
    }
    *before = now;
  });
}

// Until nothing more can happen.
void world::rest() {
  net_.settle();
  while (step()) {
  }
}

void world::close() {
  if (!found().good()) return;
  judge_.at_rest();
  heal();
  rest();
  judge_.on_recovered();
  judge_idle_blocks();
  const std::vector<std::size_t> open = open_to_servers();
  hang_up();
  rest();
  if (open_to_servers() != open) {
    judge_.fail(oracle::quiescence, "connections to servers come or go with the clients");
  }
  if (found().good()) stay_silent();
  if (found().good()) try_servers();
  if (found().good()) judge_.at_end();
}

void world::heal() {
  budget_ = {};
  probes_ = 0;
  choices_ = &dull_;
  net_.set_chooser(dull_);
  net_.how().cuts = cutting::never;
  net_.how().loses = false;
  proxy_host_.sockets_max = std::numeric_limits<std::size_t>::max();
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    stalled_[server] = false;
    net_.set_reach(server_address(server), network::reach::normal);
  }
  for (std::uint32_t client = 0; client < players_; ++client) {
    if (judge_.clients()[client].deaf) tell(client, client_deed::resume_reading);
  }
  judge_.on_heal();
  servers_->wake_all();
  net_.begin(server_host_);
}

// Clients leave that stayed until now.
void world::hang_up() {
  for (std::uint32_t client = 0; client < players_; ++client)
    clients_->tell(client, client_deed::close);
  net_.begin(client_host_);
}

// Connections on which nothing is under way hold no memory, however many there are.
void world::judge_idle_blocks() {
  bool idle = true;
  proxy_->for_each_client([&](const client_side& each) {
    idle &= each.talk.input().empty() && each.talk.output().empty() && each.talk.window().empty();
  });
  proxy_->for_each_server(
      [&](const server_side& each) { idle &= each.talk.idle() && each.talk.input().empty(); });
  if (!idle || proxy_->blocks().in_use() == 0) return;
  judge_.fail(oracle::leaks,
              std::to_string(proxy_->blocks().in_use()) + " blocks are held by idle connections");
}

// Nobody is there: nothing is held, and nothing happens for a long time.
void world::stay_silent() {
  if (!proxy_->idle()) {
    return judge_.fail(oracle::leaks, "a client is still there after all have left");
  }
  if (proxy_->blocks().in_use() != 0) {
    return judge_.fail(oracle::leaks,
                       std::to_string(proxy_->blocks().in_use()) + " blocks were not given back");
  }
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    const server_counters& counts = proxy_->counters(0, server);
    if (counts.in_queue_bytes.get() != 0 || counts.out_queue_bytes.get() != 0) {
      return judge_.fail(oracle::observability, "the gauges of an idle server are not zero");
    }
  }
  judge_gauges();
  if (std::ranges::max(open_to_servers()) > std::max<std::size_t>(lanes_most_, scene_.lanes)) {
    return judge_.fail(oracle::quiescence, "a server has more connections than there may be");
  }
  const std::size_t links = net_.links().size();
  net_.pass(scene_.timeout * 10);
  rest();
  if (net_.links().size() != links) {
    judge_.fail(oracle::quiescence, "connections come or go although nobody asks for anything");
  }
}

std::vector<std::size_t> world::open_to_servers() const {
  std::vector<std::size_t> open(scene_.servers);
  for (std::uint32_t server = 0; server < scene_.servers; ++server) {
    const endpoint at = server_address(server);
    for (const auto& each : net_.links()) {
      const link_end& end = each->end(0);
      open[server] += end.at == &proxy_host_ && end.open && each->to == at ? 1 : 0;
    }
  }
  return open;
}

// What is counted up and down is what is there.
void world::judge_gauges() {
  std::int64_t servers = 0;
  proxy_->for_each_server([&](const server_side&) { ++servers; });
  for (std::uint32_t server = 0; server < scene_.servers; ++server)
    servers -= proxy_->counters(0, server).server_connections.get();
  if (servers != 0 || proxy_->counters(0).client_connections.get() != 0) {
    judge_.fail(oracle::observability, "connections are counted that are not there, or are not");
  }
}

// Each lane to each server answers one fresh request, as far as there may be clients for them:
// nothing was one step off.
void world::try_servers() {
  std::uint32_t triers = scene_.lanes;
  if (scene_.clients_max > 0) triers = std::min(triers, scene_.clients_max);
  for (std::uint32_t lane = 0; lane < triers; ++lane)
    add_client(players_ + lane);
  net_.begin(client_host_);
  rest();
  if (!found().good()) return;
  for (std::uint32_t lane = 0; lane < triers; ++lane) {
    for (const auto& each : judge_.clients()[players_ + lane].requests) {
      if (!each.replied) judge_.fail(oracle::probe, "a server connection does not answer any more");
    }
  }
}

verdict run(world& of) {
  while (of.step()) {
  }
  of.close();
  return of.found();
}

}  // namespace dovetail::sim
