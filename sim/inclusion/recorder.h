// Stands between a program and its network and writes down everything that passes.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {

// The program's network, and the real network's handler. Sockets and listeners that it hands out
// must not outlive it.
class recorder final : public io::network, public io::handler {
 public:
  // What the seam does not offer.
  struct beyond {
    std::function<void(std::unique_ptr<io::socket>)> abort;  // closes, and its peer finds a reset
    std::function<std::string(io::socket&)> local_name;  // what the peer sees; empty: nobody knows
  };

  recorder(io::network& real, beyond also, journal& into);

  // Who is told of events; before the first one.
  void attach(io::handler& to) { to_ = &to; }

  std::unique_ptr<io::socket> connect(const endpoint& to) override;
  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options& how,
                                               token who) override;
  void abort(std::unique_ptr<io::socket> end);

  // Says that nothing more is going to happen by itself.
  void quiet(instant now);

  void on_accept(token door, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  class socket;
  class listener;

  // A socket that has connected: its own name, and whom it asked for.
  struct caller {
    std::string name;
    std::uint16_t port = 0;
    std::uint32_t number = 0;
  };

  entry& add(entry::kind what, std::uint32_t whom = 0);

  io::network* real_;
  io::handler* to_ = nullptr;
  beyond also_;
  journal* into_;
  std::uint32_t sockets_ = 0;
  std::uint32_t listeners_ = 0;
  std::vector<caller> callers_;
  std::vector<std::pair<token, std::uint16_t>> ports_;  // of listeners
};

}  // namespace dovetail::sim::inclusion
