// A program without a purpose: connects, writes, reads, watches, finishes, closes and aborts at
// random, on both ends of its connections, and lets time pass.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/random.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/inclusion/recorder.h"

namespace dovetail::sim::inclusion {

struct ramble {
  std::uint64_t seed = 0;
  endpoint here;     // to listen at: a free port, or a path
  endpoint nowhere;  // where nobody listens
  duration quiet{};  // so long without an event means that nothing more is coming
};

class rambler final : public io::handler {
 public:
  // `on` outlives the rambler.
  rambler(recorder& on, ramble how);

  // Everything is closed.
  bool is_over() const { return stage_ == stage::over; }

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  struct end {
    std::unique_ptr<io::socket> socket;
    std::size_t written = 0;
    std::uint32_t names = 0;  // how often it was watched: each time by another name
    bool over = false;        // its reads have come to an end
  };

  // roaming ─▶ draining (reads what comes) ─▶ finishing (likewise, having finished) ─▶ over
  enum class stage : std::uint8_t { roaming, draining, finishing, over };

  std::uint32_t draw(std::uint32_t below) { return random_.below(below); }
  bool one_in(std::uint32_t many) { return draw(many) == 0; }

  void listen();
  void act();
  void act_on(std::size_t which);
  void connect();
  void write(std::size_t which);
  void read(std::size_t which);
  void watch(std::size_t which, io::readiness ways);
  void change_door();
  void drain();
  void go_on(instant now);
  std::vector<std::size_t> living() const;
  duration rest();

  recorder& on_;
  const ramble how_;
  random_stream random_;
  std::unique_ptr<io::listener> door_;
  endpoint where_;
  std::vector<end> ends_;
  std::uint32_t acts_left_;
  stage stage_ = stage::roaming;
  instant last_event_{};
};

}  // namespace dovetail::sim::inclusion
