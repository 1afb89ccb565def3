// One thread, one event loop, one proxy with its own listeners, server connections and counters.
// Workers share the configuration, which nobody changes, and the log.

#pragma once

#include <atomic>
#include <expected>
#include <string>
#include <thread>

#include "asio/loop.h"
#include "config/config.h"
#include "daemon/worker_log.h"
#include "proxy/proxy.h"
#include "stats/snapshot.h"

namespace dovetail {

class worker {
 public:
  // `with` and `log` outlive the worker.
  worker(const config& with, const proxy_options& how, process_log& log);

  // Stops the loop, drained or not, and waits for the thread.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  // Opens the listeners, in the caller's thread. The error has a line for each pool that failed.
  std::expected<void, std::string> start();

  // Begins to serve, in a thread of its own. After start().
  void run();

  // From any thread: no new clients; those present get their replies and are closed.
  void drain();

  // From any thread: whether that has come to its end, as far as the worker has told; asks again.
  bool drained();

  // The counters live as long as the worker and may be read from any thread.
  worker_view view() const;

 private:
  const config& config_;
  asio_loop loop_;
  worker_log log_;
  proxy proxy_;
  std::atomic<bool> drained_ = false;
  std::thread thread_;
};

}  // namespace dovetail
