// A machine on the simulated network: what one handler sees of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/link.h"

namespace dovetail::sim {

class network;

class host final : public io::network {
 public:
  host(sim::network& world, std::uint32_t number, std::string name, bool eager);

  // `to` is told of everything from now on; it outlives its last event.
  void attach(io::handler& to) { handler_ = &to; }

  std::unique_ptr<io::socket> connect(const endpoint& to) override;
  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options& how,
                                               token who) override;

  const std::string& name() const { return name_; }
  std::uint32_t number() const { return number_; }

  // When its handler wants to be woken.
  std::optional<instant> wake() const { return wake_; }

  // Sockets it may have at most, listeners not counted. At the limit connections wait to be
  // accepted, and connecting or listening fails with too_many_files_open.
  std::size_t sockets_max = std::numeric_limits<std::size_t>::max();

 private:
  friend class sim::network;

  sim::network& world_;
  const std::uint32_t number_;
  const std::string name_;
  const bool eager_;
  io::handler* handler_ = nullptr;
  std::optional<instant> wake_;
  std::size_t sockets_ = 0;
  std::uint64_t turn_ = 0;      // the one that is open, or else the last one
  std::uint64_t woken_at_ = 0;  // the order in which it was last told
};

// Accepts into its host.
class simulated_listener final : public io::listener {
 public:
  simulated_listener(
      sim::network& world, host& at, route& where, const io::listen_options& how, token who);
  ~simulated_listener() override;

  void pause() override { paused_ = true; }
  void resume() override { paused_ = false; }
  endpoint where() const override;

 private:
  friend class sim::network;

  bool is_full() const { return waiting_.size() > backlog_; }  // as the kernel counts: one more

  sim::network& world_;
  host& host_;
  route& where_;
  const std::size_t backlog_;
  const bool shares_;  // its port with others
  const token who_;
  bool paused_ = false;
  std::uint32_t accepted_ = 0;
  std::vector<link*> waiting_;  // established, oldest first
  bool has_early_ = false;      // scratch of listing: an attempt that it may accept was seen
};

// One end of a link.
class simulated_socket final : public io::socket {
 public:
  simulated_socket(sim::network& world, link& at, int side);
  ~simulated_socket() override;

  result<std::size_t> read(std::span<std::byte> into) override;
  result<std::size_t> write(std::span<const io::const_buffer> from) override;
  void watch(io::readiness what, token who) override;
  void finish() override;
  // No peer of this network is ever gone unheard.
  void keep_alive(const io::keep_alive_options&) override {}
  std::string_view peer() const override;

  link& on() const { return link_; }
  int side() const { return side_; }

 private:
  sim::network& world_;
  link& link_;
  const int side_;
};

}  // namespace dovetail::sim
