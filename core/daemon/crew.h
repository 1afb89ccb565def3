// All workers of the process. They serve the same configuration, and change it together or not at
// all.

#pragma once

#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "asio/unix_share.h"
#include "config/config.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/worker.h"
#include "stats/snapshot.h"

namespace dovetail {

class crew {
 public:
  // Of `size` workers. `how` and `log` outlive the crew.
  crew(int size, const options& how, process_log& log);

  // Makes the workers and opens their listeners. All that failed, nothing when all is well.
  std::vector<std::string> start(const config& with);

  // Begins to serve.
  void run();

  // Goes on with another configuration: to be called by one thread at a time, after run(). All that
  // is in the way of it, and then nothing has changed; nothing when all is well. See proxy::adopt.
  std::vector<std::string> reload(const config& next);

  // Workers.
  int size() const { return size_; }

  // After run(): writes what each has recorded into a file of its own in the folder of recordings.
  // What became of it, a line for each file; nothing where nothing is recorded.
  std::vector<std::string> write_recordings();

  // As worker::drain and worker::drained, of all.
  void drain();
  bool drained();

  // What all have counted; from any thread.
  snapshot counted() const;

 private:
  void show(const config& what);
  std::string recording_path(int worker, std::string_view which) const;

  const options& options_;
  process_log& log_;
  const int size_;
  int recordings_ = 0;  // written so far
  unix_share unix_sockets_;
  std::vector<std::unique_ptr<worker>> workers_;

  mutable std::mutex shown_;  // guards what follows
  std::vector<pool_names> names_;
  std::vector<worker_view> views_;
};

}  // namespace dovetail
