// Model servers on real sockets, on a thread of their own.

#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "asio/loop.h"
#include "base/check.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/model/conversation.h"
#include "sim/model/server_group.h"

namespace dovetail::sim::testing {

inline endpoint any_port() {
  return {.host = "127.0.0.1", .port = 0, .path = {}};
}

class served {
 public:
  explicit served(std::unique_ptr<server> model)
      : where_(*group_.add(std::move(model), any_port())), thread_([this] { loop_.run(group_); }) {}
  ~served() { loop_.stop(); }

  const endpoint& where() const { return where_; }

 private:
  asio_loop loop_;
  server_group group_{loop_};
  const endpoint where_;
  std::jthread thread_;
};

// Runs a handler until `done` holds after a turn. False when that takes ten seconds.
inline bool run_until(asio_loop& loop, io::handler& handler, std::function<bool()> done) {
  class until final : public io::handler {
   public:
    until(asio_loop& on, io::handler& to, std::function<bool()> done)
        : on_(on),
          to_(to),
          done_(std::move(done)),
          gives_up_(on.now() + std::chrono::seconds(10)) {}

    void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override {
      to_.on_accept(listener, std::move(peer), now);
    }
    void on_ready(token who, io::readiness what, instant now) override {
      to_.on_ready(who, what, now);
    }
    std::optional<instant> on_turn_end(instant now) override {
      const auto wake = to_.on_turn_end(now);
      held = held || done_();
      if (held || now >= gives_up_) on_.stop();
      return std::min(wake.value_or(gives_up_), gives_up_);
    }

    bool held = false;

   private:
    asio_loop& on_;
    io::handler& to_;
    const std::function<bool()> done_;
    const instant gives_up_;
  };
  until some(loop, handler, std::move(done));
  loop.run(some);
  return some.held;
}

}  // namespace dovetail::sim::testing
