// The running proxy: workers, statistics, and the signals that govern them.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/stats_server.h"
#include "daemon/worker.h"
#include "stats/snapshot.h"

namespace dovetail {

class service {
 public:
  // `with` is valid; it and `log` outlive the service.
  service(const options& how, const config& with, process_log& log);

  // Binds everything and serves nobody yet. All that failed, nothing when all is well.
  std::vector<std::string> start();

  // Serves until a signal ends it; returns the exit status. Signals must have been taken.
  int run();

 private:
  std::vector<std::string> start_workers();
  stats_heading heading() const;
  snapshot counted() const;
  void log_start();
  void handle(int signal);
  int drain(int signal);
  bool drained();

  const options& options_;
  const config& config_;
  process_log& log_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::vector<pool_names> names_;
  std::vector<std::unique_ptr<worker>> workers_;
  stats_server stats_;  // behind the workers, whose counters it reads
};

}  // namespace dovetail
