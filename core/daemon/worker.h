// One thread, one event loop, one proxy with its own listeners, server connections and counters.
// Workers share their listeners' ports and sockets, and the log.

#pragma once

#include <atomic>
#include <cstddef>
#include <expected>
#include <fstream>
#include <iosfwd>
#include <memory>
#include <string>
#include <thread>

#include "asio/loop.h"
#include "asio/unix_share.h"
#include "base/time.h"
#include "config/config.h"
#include "daemon/worker_log.h"
#include "proxy/proxy.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"
#include "recorder/flight_recorder.h"
#include "stats/snapshot.h"

namespace dovetail {

// A new file that nobody else may read.
std::ofstream open_recording(const std::string& path);

class worker {
 public:
  // `log`, and `share`, which all workers have in common, outlive the worker. `name` is what the
  // log calls it, if there are several. Its run is recorded in so many bytes; 0: it is not.
  worker(const config& with,
         const proxy_options& how,
         process_log& log,
         std::string name,
         unix_share& share,
         std::size_t recorder_bytes = 0);

  // Stops the loop, drained or not, and waits for the thread.
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  // Opens the listeners, in the caller's thread. The error has a line for each pool that failed.
  std::expected<void, std::string> start();

  // Where what was recorded is written when a promise is broken on the worker's thread, before the
  // process ends: a file that is not there yet. Before run().
  void set_last_recording(std::string path) { last_recording_ = std::move(path); }

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

  // From any thread but the worker's own, after run(): writes what was recorded by now, while the
  // worker goes on. Does nothing where nothing is.
  void write_recording(std::ostream& to);

  // Before run(), or by the thread that calls adopt(). The counters may be read from any thread for
  // as long as the worker lives.
  worker_view view() const;

 private:
  // Of a run: where it goes, and how it began.
  struct recorded {
    recorded(asio_loop& of, std::size_t bytes_max) : log(bytes_max), seam(of, log) {}

    flight_log log;
    flight_recorder seam;
    recording began;
  };

  template <class Work>
  auto on_loop(Work work);
  instant note(entry_kind told, const config* configuration = nullptr, std::size_t clients_max = 0);
  void write_last_recording();
  io::network& network();
  io::handler& handler();

  asio_loop loop_;
  worker_log log_;
  std::string last_recording_;
  std::unique_ptr<recorded> recorded_;  // none: the proxy is told everything by the loop itself
  proxy proxy_;
  std::atomic<bool> drained_ = false;
  std::thread thread_;
};

}  // namespace dovetail
