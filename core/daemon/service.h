// The running proxy: workers, statistics, and the signals that govern them.

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/crew.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/signals.h"
#include "daemon/stats_server.h"
#include "stats/snapshot.h"

namespace dovetail {

class service {
 public:
  // `with` is valid. `how` and `log` outlive the service.
  service(const options& how, const config& with, process_log& log);

  // Binds everything and serves nobody yet. All that failed, nothing when all is well.
  std::vector<std::string> start();

  // Says in the log what is served, and where. After start().
  void announce();

  // Serves until a signal ends it; returns the exit status. Signals must have been taken.
  int run();

 private:
  stats_heading heading() const;
  void handle(const taken_signal& signal);
  void write_recordings();
  void reload(const taken_signal& signal);
  std::vector<std::string> take_over();
  bool needs_restart(const config& next) const;
  void log_changes(const config& before, const config& after);
  int drain(int signal);

  const options& options_;
  config config_;
  process_log& log_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  crew crew_;
  stats_server stats_;  // behind the crew, whose counters it reads
};

}  // namespace dovetail
