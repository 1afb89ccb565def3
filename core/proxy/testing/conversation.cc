#include "proxy/testing/conversation.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/config.h"
#include "io/socket.h"
#include "pool/server_pool.h"
#include "proxy/proxy.h"
#include "proxy/testing/scripted_network.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail::testing {
namespace {

pool_config pool_of(std::initializer_list<const char*> servers) {
  pool_config made;
  made.name = "tested";
  made.listen = {.host = "127.0.0.1", .port = 1, .path = {}};
  made.hash = hash_kind::crc32a;
  made.distribution = distribution_kind::modula;
  made.timeout_ms = 400;
  for (const char* name : servers) {
    made.servers.push_back(
        {.address = {.host = name, .port = 1, .path = {}}, .weight = 1, .name = name});
  }
  return made;
}

// What is left of `got` when the expected replies, or errors in their places, are taken off its
// front in order. Empty: the client got nothing it should not have got.
std::string_view unexplained(std::string_view got, const std::vector<std::string>& expected) {
  for (const std::string& reply : expected) {
    if (got.empty()) break;
    if (got.starts_with(reply)) {
      got.remove_prefix(reply.size());
    } else if (got.starts_with("-") || got.starts_with("SERVER_ERROR")) {
      got.remove_prefix(got.find('\n') + 1);
    } else {
      break;
    }
  }
  return got;
}

// A piece that a script expects may hold several replies; each may fail on its own.
std::vector<std::string> pieces(const std::vector<std::string>& expected) {
  std::vector<std::string> all;
  for (const std::string& each : expected) {
    std::string_view rest = each;
    while (!rest.empty()) {
      std::size_t end = rest.find('\n') + 1;
      if (rest.starts_with('$') && rest[1] != '-') {
        end += std::stoul(std::string(rest.substr(1))) + 2;
      } else if (rest.starts_with('*') || rest.starts_with("VALUE") || rest.starts_with("STAT")) {
        end = rest.size();
      }
      all.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  return all;
}

}  // namespace

// A line each; clients' ends are left out.
struct conversation::kept_log final : log_sink {
  void client_closed(const std::string&, std::string_view, std::error_code) override {}
  void server_closed(const std::string&, const std::string& server, std::string_view why) override {
    text += server + " closed: " + std::string(why) + "\n";
  }
  void server_ejected(const std::string&,
                      const std::string& server,
                      std::string_view why,
                      duration retry_after) override {
    text += server + " ejected: " + std::string(why) + ", for " +
            std::to_string(retry_after.count() / 1000) + " ms\n";
  }
  void server_returned(const std::string&, const std::string& server, duration out_for) override {
    text += server + " is back after " + std::to_string(out_for.count() / 1000) + " ms\n";
  }

  void server_moved(const std::string&,
                    const std::string& server,
                    std::string_view from,
                    std::string_view to) override {
    text += server + " has moved from " + std::string(from) + " to " + std::string(to) + "\n";
  }

  std::string text;
};

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t at = 0; at < count; ++at)
    all += text;
  return all;
}

std::string bulk(std::size_t bytes) {
  return "$" + std::to_string(bytes) + "\r\n" + std::string(bytes, 'x') + "\r\n";
}

pool_config redis_pool(std::initializer_list<const char*> servers) {
  pool_config made = pool_of(servers);
  made.redis = true;
  return made;
}

pool_config memcache_pool(std::initializer_list<const char*> servers) {
  return pool_of(servers);
}

conversation::conversation(const pool_config& pool, const manner& how)
    : config_{.pools = {pool}}, how_(how), log_(std::make_unique<kept_log>()) {
  network_.step_max = how.step_max;
  proxy_options options;
  options.replies_at_first = how.replies_at_first;
  options.after_trim = how.after_trim;
  proxy_ = std::make_unique<proxy>(config_, options, network_, *log_);
  EXPECT_TRUE(proxy_->start(now_).has_value());
}

conversation::~conversation() {
  for (const auto& [name, its] : clients_)
    received_[name] += std::exchange(its->to_peer, {});
}

void conversation::log_says(std::string_view lines) {
  if (exact()) {
    EXPECT_EQ(log_->text, lines);
  }
}

wire& conversation::client(const std::string& name) {
  wire*& its = clients_[name];
  if (its == nullptr) {
    its = &network_.add("client");
    accept(*its);
  }
  return *its;
}

void conversation::accept(wire& from) {
  proxy_->on_accept(network_.door, std::make_unique<scripted_socket>(from), now_);
}

wire& conversation::server(const std::string& name) {
  wire* const its = network_.latest(name);
  if (its != nullptr) return *its;
  if (exact()) ADD_FAILURE() << "nobody has connected to " << name;
  return network_.add(name);
}

void conversation::step() {
  if (how_.what != trouble::none && steps_ == how_.at_step) make_trouble();
  ++steps_;
}

void conversation::make_trouble() {
  for (wire& each : network_.wires) {
    if (each.host == "client") continue;
    if (how_.what == trouble::servers_finish) each.peer_finished = true;
    if (how_.what != trouble::servers_reset) continue;
    each.to_proxy.clear();
    each.broken = std::make_error_code(std::errc::connection_reset);
  }
  if (how_.what == trouble::client_resets && clients_.contains(how_.whom)) {
    client(how_.whom).broken = std::make_error_code(std::errc::connection_reset);
  }
  settle_down();
}

// Tells what is ready, in the order of the connections, and ends the turn.
void conversation::turn() {
  for (wire& each : network_.wires) {
    const io::readiness ready = each.ready();
    if (ready == io::readiness::none) continue;
    each.watched = static_cast<io::readiness>(static_cast<unsigned>(each.watched) &
                                              ~static_cast<unsigned>(ready));
    proxy_->on_ready(each.who, ready, now_);
  }
  wake_ = proxy_->on_turn_end(now_);
}

bool conversation::at_rest() const {
  if (wake_ && *wake_ <= now_) return false;
  return std::ranges::all_of(network_.wires,
                             [](const wire& each) { return each.ready() == io::readiness::none; });
}

void conversation::settle_down() {
  for (int turns = 0; turns < 100000; ++turns) {
    turn();
    if (at_rest()) return;
  }
  ADD_FAILURE() << "the proxy does not come to rest";
}

void conversation::client_sends(const std::string& name, std::string_view bytes) {
  step();
  client(name).to_proxy += bytes;
  settle_down();
}

void conversation::client_had_sent(const std::string& name, std::string_view bytes) {
  step();
  wire& its = network_.add("client");
  its.to_proxy = bytes;
  clients_[name] = &its;
  accept(its);
  settle_down();
}

void conversation::client_finishes(const std::string& name) {
  step();
  client(name).peer_finished = true;
  settle_down();
}

void conversation::client_resets(const std::string& name) {
  step();
  client(name).broken = std::make_error_code(std::errc::connection_reset);
  settle_down();
}

void conversation::client_stops_reading(const std::string& name) {
  client(name).peer_reads = false;
}

void conversation::client_reads_again(const std::string& name) {
  client(name).peer_reads = true;
  settle_down();
}

void conversation::client_receives(const std::string& name, std::string_view bytes) {
  step();
  expected_[name].emplace_back(bytes);
  const std::string got = std::exchange(client(name).to_peer, {});
  received_[name] += got;
  if (exact()) {
    EXPECT_EQ(got, bytes) << "received by client " << name;
  }
}

void conversation::client_is_closed(const std::string& name) {
  step();
  const wire& its = client(name);
  if (exact()) {
    EXPECT_TRUE(its.closed_by_proxy || its.proxy_finished) << "client " << name;
  }
}

void conversation::server_receives(const std::string& name, std::string_view bytes) {
  step();
  const std::string got = std::exchange(server(name).to_peer, {});
  if (exact()) {
    EXPECT_EQ(got, bytes) << "received by server " << name;
  }
  if (got != bytes) astray_.insert(name);
}

void conversation::server_sends(const std::string& name, std::string_view bytes) {
  step();
  // An honest server answers only what it was asked: after trouble this may not be that.
  const bool lost = how_.what == trouble::servers_reset || how_.what == trouble::servers_finish;
  const bool silent = (lost && steps_ > how_.at_step) || astray_.contains(name);
  if (exact() || !silent) server(name).to_proxy += bytes;
  settle_down();
}

void conversation::server_finishes(const std::string& name) {
  step();
  server(name).peer_finished = true;
  settle_down();
}

void conversation::server_resets(const std::string& name) {
  step();
  server(name).broken = std::make_error_code(std::errc::connection_reset);
  settle_down();
}

void conversation::server_stops_reading(const std::string& name) {
  step();
  server(name).peer_reads = false;
}

void conversation::server_reads_again(const std::string& name) {
  step();
  server(name).peer_reads = true;
  settle_down();
}

void conversation::server_refuses(const std::string& name) {
  step();
  network_.refusing.push_back(name);
}

void conversation::server_is_unreachable(const std::string& name) {
  step();
  network_.unreachable.push_back(name);
}

void conversation::server_is_closed(const std::string& name) {
  step();
  if (exact()) {
    EXPECT_TRUE(server(name).closed_by_proxy) << "connection to " << name;
  }
}

void conversation::passes(std::chrono::milliseconds time) {
  step();
  now_ += time;
  settle_down();
}

void conversation::proxy_stops() {
  step();
  stopped_ = true;
  proxy_->drain(now_);
  settle_down();
}

void conversation::proxy_reloads(const pool_config& pool) {
  step();
  const config next{.pools = {pool}};
  EXPECT_TRUE(proxy_->prepare(next).has_value());
  proxy_->adopt(next, 0, now_);
  config_ = next;
  settle_down();
}

std::string conversation::key_for(const std::string& server, int number) const {
  server_pool placed(config_.pools.front(), 0);
  for (int at = 0;; ++at) {
    std::string key = "k" + std::to_string(at);
    const auto owner = placed.server_for(key);
    if (config_.pools.front().servers[*owner].name == server && number-- == 0) return key;
  }
}

namespace {

std::vector<std::string> names(const std::map<std::string, std::vector<std::string>>& of) {
  std::vector<std::string> all;
  all.reserve(of.size());
  for (const auto& each : of)
    all.push_back(each.first);
  return all;
}

// Everybody leaves: nothing may be left over.
void expect_silence(conversation& talk) {
  for (wire& each : talk.network().wires)
    each.peer_finished = each.peer_reads = true;
  talk.settle_down();
  talk.passes(std::chrono::hours(1));
  talk.passes(std::chrono::hours(1));
  EXPECT_EQ(talk.subject().blocks().in_use(), 0U) << "blocks left over";
  EXPECT_TRUE(talk.subject().drained()) << "clients left over";
  EXPECT_EQ(talk.subject().connection_counters().curr_connections.get(), talk.stopped() ? 0 : 1)
      << "nothing but the listener, until that is closed";
}

}  // namespace

void in_steps_of(std::size_t step_max,
                 const pool_config& pool,
                 const std::function<void(conversation&)>& script) {
  SCOPED_TRACE(step_max == 1 ? "byte by byte" : "as written");
  conversation talk(pool, {.step_max = step_max, .what = {}, .at_step = 0, .whom = {}});
  script(talk);
  expect_silence(talk);
}

void both_speeds(const pool_config& pool, const std::function<void(conversation&)>& script) {
  in_steps_of(std::string::npos, pool, script);
  in_steps_of(1, pool, script);
}

void each_way(const pool_config& pool, const std::function<void(conversation&)>& script) {
  both_speeds(pool, script);

  conversation plain(pool, {});
  script(plain);
  const std::size_t steps = plain.steps();
  const auto expected = plain.expected();
  std::vector<conversation::manner> troubles;
  for (std::size_t at = 0; at < steps; ++at) {
    for (const auto what :
         {conversation::trouble::servers_reset, conversation::trouble::servers_finish}) {
      troubles.push_back({.what = what, .at_step = at, .whom = {}});
    }
    for (const std::string& whom : names(expected)) {
      troubles.push_back(
          {.what = conversation::trouble::client_resets, .at_step = at, .whom = whom});
    }
  }
  for (const conversation::manner& how : troubles) {
    SCOPED_TRACE("trouble " + std::to_string(static_cast<int>(how.what)) + " at step " +
                 std::to_string(how.at_step));
    conversation talk(pool, how);
    script(talk);
    expect_silence(talk);
    for (const auto& [name, replies] : expected) {
      std::string got = talk.received().contains(name) ? talk.received().at(name) : "";
      got += talk.client(name).to_peer;
      EXPECT_EQ(unexplained(got, pieces(replies)), "") << "client " << name << " got " << got;
    }
  }
}

}  // namespace dovetail::testing
