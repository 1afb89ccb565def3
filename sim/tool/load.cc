#include "sim/tool/load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>
#include <sys/resource.h>

#include "asio/loop.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/load/load_run.h"
#include "sim/load/tally.h"
#include "sim/tool/load_report.h"

namespace dovetail::sim {
namespace {

using load::load_outcome;
using load::load_run;
using load::tally;

constexpr int exit_fine = 0;
constexpr int exit_cannot_connect = 1;
constexpr int exit_wrong_reply = 3;

std::atomic<bool> interrupted = false;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Passes everything on to a run, looks for an interruption, and says once a second how it goes.
class watched_run final : public io::handler {
 public:
  watched_run(asio_loop& loop, const load_options& how)
      : how_(how),
        run_(loop, how.work, how.limits, [&loop] { loop.stop(); }),
        shows_(!how.json && isatty(STDERR_FILENO) != 0) {}

  const load_run& run() const { return run_; }

  // Since the first request.
  double cpu() const { return cpu_seconds() - cpu_before_; }

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override {
    run_.on_accept(listener, std::move(peer), now);
  }

  void on_ready(token who, io::readiness what, instant now) override {
    run_.on_ready(who, what, now);
  }

  std::optional<instant> on_turn_end(instant now) override {
    if (interrupted) run_.stop();
    const auto before = run_.now_in();
    const auto wake = run_.on_turn_end(now);
    if (run_.now_in() != before && run_.now_in() == load_run::phase::asking) start(now);
    if (run_.now_in() == load_run::phase::over) {
      if (shows_) fmt::print(stderr, "\r\x1b[K");
      return std::nullopt;
    }
    if (now >= next_look_) look(now);
    return std::min(wake.value_or(next_look_), next_look_);
  }

 private:
  static constexpr duration between_looks = std::chrono::milliseconds(100);
  static constexpr int looks_per_line = 10;

  void start(instant now) {
    cpu_before_ = cpu_seconds();
    began_ = now;
  }

  void look(instant now) {
    next_look_ = now + between_looks;
    if (++looks_ % looks_per_line != 0 || !shows_) return;
    const tally& counts = run_.counts();
    const std::uint64_t done = counts.requests - std::exchange(shown_, counts.requests);
    fmt::print(stderr, "\r\x1b[K{}  {}/s  p99 {} µs  errors {}", phase_text(now), done,
               counts.took.quantile(990'000), counts.errors());
    std::fflush(stderr);
  }

  std::string phase_text(instant now) const {
    using enum load_run::phase;
    switch (run_.now_in()) {
      case connecting:
        return "connecting";
      case preloading:
        return "preloading";
      case asking:
        return fmt::format("{:.0f} s left",
                           std::chrono::duration<double>(began_ + how_.limits.asks - now).count());
      case draining:
      case over:
        return "waiting for the last replies";
    }
    return {};
  }

  const load_options& how_;
  load_run run_;
  const bool shows_;
  double cpu_before_ = cpu_seconds();
  instant began_{};
  instant next_look_{};
  int looks_ = 0;
  std::uint64_t shown_ = 0;
};

int exit_code(const load_options& how, const load_run& run) {
  switch (run.outcome()) {
    case load_outcome::cannot_connect:
      fmt::print(stderr, "dovetail-sim: cannot connect to {}: {}\n", to_string(how.work.to),
                 run.reason());
      return exit_cannot_connect;
    case load_outcome::wrong_reply:
      fmt::print(stderr, "dovetail-sim: wrong reply: {}\n", run.reason());
      return exit_wrong_reply;
    case load_outcome::done:
      return run.counts().errors() > 0 && !how.expects_errors ? exit_wrong_reply : exit_fine;
  }
  return exit_fine;
}

}  // namespace

int run_load(const load_options& how) {
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  asio_loop loop;
  watched_run all(loop, how);
  loop.run(all);
  const load_report report{.work = how.work, .run = all.run(), .cpu_seconds = all.cpu()};
  if (all.run().outcome() != load_outcome::cannot_connect) {
    fmt::print("{}", how.json ? report.json() : report.text());
    std::fflush(stdout);
  }
  return exit_code(how, all.run());
}

}  // namespace dovetail::sim
