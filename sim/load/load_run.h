// One load from its first connection to its last reply, as a handler of the seam.
//
//     connecting ─▶ preloading ─▶ asking ─▶ draining ─▶ over
//          └─ nobody could ──────────── a wrong reply ────▲
//
// It is bounded: each phase has an end, whatever the servers do.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/load/tally.h"
#include "sim/load/workload.h"
#include "sim/model/client_group.h"

namespace dovetail::sim::load {

struct load_limits {
  bool preloads = false;
  duration asks = std::chrono::seconds(10);
  duration connects_at_most = std::chrono::seconds(5);
  // Without any reply: while preloading, or at the end.
  duration waits_at_most = std::chrono::seconds(5);
};

enum class load_outcome : std::uint8_t { done, cannot_connect, wrong_reply };

class load_run final : public io::handler {
 public:
  enum class phase : std::uint8_t { connecting, preloading, asking, draining, over };

  // `when_over` is called once, within a turn; the network must outlive this.
  load_run(io::network& net,
           const workload_options& how,
           const load_limits& limits,
           std::function<void()> when_over);

  // Ends it early: what is on the way is waited for.
  void stop() { stopped_ = true; }

  phase now_in() const { return phase_; }
  load_outcome outcome() const { return outcome_; }
  const tally& counts() const { return work_.counts(); }

  // From the first request to the last reply so far, without connecting and preloading.
  duration elapsed() const { return work_.last_reply() - work_.began(); }

  // Of wrong_reply and cannot_connect.
  std::string reason() const;

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  void step(instant now);
  void connect_on(instant now);
  void enter(phase next, instant now);
  void end(load_outcome how);

  const std::uint32_t clients_;
  const load_limits limits_;
  std::function<void()> when_over_;
  block_pool pool_;
  workload work_;
  client_group group_;
  phase phase_ = phase::connecting;
  std::optional<instant> deadline_;  // of the phase
  bool stopped_ = false;
  load_outcome outcome_ = load_outcome::done;
};

}  // namespace dovetail::sim::load
