// A network of strings for conversation tests: whoever is at the other end of a socket is written
// down in the test. No time passes and nothing is ready but what the test says.

#pragma once

#include <algorithm>
#include <cstring>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/handler.h"
#include "io/network.h"

namespace dovetail::testing {

// Both ends of one connection; outlives the socket that the proxy holds.
struct wire {
  std::string host;        // "client" or the endpoint's host
  std::string address;     // that the host stood for
  std::string to_proxy;    // sent by the peer, not yet read
  std::string to_peer;     // written by the proxy, not yet looked at by the test
  std::error_code broken;  // what every read and write says, once to_proxy is read
  bool connecting = false;
  bool peer_finished = false;
  bool proxy_finished = false;
  std::optional<io::keep_alive_options> kept_alive;
  bool closed_by_proxy = false;
  bool peer_reads = true;
  std::size_t room = std::string::npos;      // bytes that the peer's side still takes
  std::size_t step_max = std::string::npos;  // bytes that one read or write may move
  io::readiness watched = io::readiness::none;
  token who;
  std::size_t writes = 0;  // calls that moved bytes

  io::readiness ready() const {
    auto is = io::readiness::none;
    const bool ended = static_cast<bool>(broken);
    if (!connecting && (ended || peer_finished || !to_proxy.empty()))
      is = is | io::readiness::readable;
    if (!connecting && (ended || (peer_reads && room > 0))) is = is | io::readiness::writable;
    return is & watched;
  }
};

class scripted_socket final : public io::socket {
 public:
  explicit scripted_socket(wire& on) : wire_(&on) {}
  ~scripted_socket() override {
    wire_->closed_by_proxy = true;
    wire_->watched = io::readiness::none;
  }

  result<std::size_t> read(std::span<std::byte> into) override {
    std::string& from = wire_->to_proxy;
    if (wire_->connecting) return failure(std::errc::operation_would_block);
    if (from.empty() && wire_->broken) return std::unexpected(wire_->broken);
    if (from.empty() && wire_->peer_finished) return 0;
    if (from.empty()) return failure(std::errc::operation_would_block);
    const std::size_t size = std::min({from.size(), into.size(), wire_->step_max});
    std::memcpy(into.data(), from.data(), size);
    from.erase(0, size);
    return size;
  }

  result<std::size_t> write(std::span<const io::const_buffer> from) override {
    if (wire_->connecting) return failure(std::errc::operation_would_block);
    if (wire_->broken) return std::unexpected(wire_->broken);
    if (wire_->proxy_finished) return failure(std::errc::broken_pipe);
    if (from.empty()) return 0;
    const std::size_t most = wire_->peer_reads ? std::min(wire_->step_max, wire_->room) : 0;
    std::size_t size = 0;
    for (const io::const_buffer& each : from) {
      const std::size_t taken = std::min(each.size(), most - size);
      wire_->to_peer.append(reinterpret_cast<const char*>(each.data()), taken);
      size += taken;
    }
    if (size == 0) return failure(std::errc::operation_would_block);
    if (wire_->room != std::string::npos) wire_->room -= size;
    ++wire_->writes;
    return size;
  }

  void watch(io::readiness what, token who) override {
    wire_->watched = wire_->watched | what;
    wire_->who = who;
  }
  void finish() override { wire_->proxy_finished = true; }
  void keep_alive(const io::keep_alive_options& how) override { wire_->kept_alive = how; }
  std::string_view peer() const override { return wire_->address; }

 private:
  wire* wire_;
};

class scripted_listener final : public io::listener {
 public:
  explicit scripted_listener(endpoint at) : at_(std::move(at)) {}
  void pause() override {}
  void resume() override {}
  endpoint where() const override { return at_; }

 private:
  endpoint at_;
};

class scripted_network final : public io::network {
 public:
  std::unique_ptr<io::socket> connect(const endpoint& to) override {
    wire& made = add(to.host);
    if (std::ranges::find(refusing, to.host) != refusing.end()) {
      made.broken = std::make_error_code(std::errc::connection_refused);
    }
    if (exhausted) made.broken = std::make_error_code(std::errc::too_many_files_open);
    made.connecting = std::ranges::find(unreachable, to.host) != unreachable.end();
    return std::make_unique<scripted_socket>(made);
  }

  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options&,
                                               token who) override {
    if (std::ranges::find(taken, to_string(at)) != taken.end()) {
      return std::unexpected(std::make_error_code(std::errc::address_in_use));
    }
    door = who;
    return std::make_unique<scripted_listener>(at);
  }

  wire& add(const std::string& host) {
    wires.push_back({});
    wires.back().host = host;
    wires.back().address = addresses.contains(host) ? addresses.at(host) : host;
    wires.back().step_max = step_max;
    return wires.back();
  }

  // The latest connection to `host`; null when there was none.
  wire* latest(std::string_view host) {
    const auto found = std::find_if(wires.rbegin(), wires.rend(),
                                    [=](const wire& each) { return each.host == host; });
    return found == wires.rend() ? nullptr : &*found;
  }

  std::list<wire> wires;
  token door;                                    // the latest listener
  std::vector<std::string> taken;                // addresses that cannot be listened at
  std::map<std::string, std::string> addresses;  // of hosts; one that is not here stands for itself
  bool exhausted = false;                        // no descriptors are left
  std::vector<std::string> refusing;             // hosts whose connections are refused
  std::vector<std::string> unreachable;          // hosts that never answer a connect
  std::size_t step_max = std::string::npos;
};

}  // namespace dovetail::testing
