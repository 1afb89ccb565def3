// One thread, one event loop, one proxy with its own listeners, server connections and counters.
// Workers share their listeners' ports and sockets, and the log.

#pragma once

#include <atomic>
#include <cstddef>
#include <expected>
#include <string>
#include <thread>

#include "asio/loop.h"
#include "asio/unix_share.h"
#include "config/config.h"
#include "daemon/worker_log.h"
#include "proxy/proxy.h"
#include "stats/snapshot.h"

namespace dovetail {

class worker {
 public:
  // `log`, and `share`, which all workers have in common, outlive the worker.
  worker(const config& with, const proxy_options& how, process_log& log, unix_share& share);

  // Stops the loop, drained or not, and waits for the thread.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  // Opens the listeners, in the caller's thread. The error has a line for each pool that failed.
  std::expected<void, std::string> start();

  // Begins to serve, in a thread of its own. After start().
  void run();

  // From any thread but the worker's own, after run(): proxy::prepare and what may follow it, each
  // done when the call returns.
  std::expected<void, std::string> prepare(const config& next);
  void forget_prepared();
  void adopt(const config& next, std::size_t client_connections_max);

  // From any thread: no new clients; those present get their replies and are closed.
  void drain();

  // From any thread: whether that has come to its end, as far as the worker has told; asks again.
  bool drained();

  // Before run(), or by the thread that calls adopt(). The counters may be read from any thread for
  // as long as the worker lives.
  worker_view view() const;

 private:
  template <class Work>
  auto on_loop(Work work);

  asio_loop loop_;
  worker_log log_;
  proxy proxy_;
  std::atomic<bool> drained_ = false;
  std::thread thread_;
};

}  // namespace dovetail
