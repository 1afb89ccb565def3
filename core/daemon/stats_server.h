// Gives whoever connects one document and closes, as twemproxy's stats port does; whoever speaks
// HTTP gets what it asked for.

#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/endpoint.h"

namespace dovetail {

// Each is called in the server's thread, once for each client that wants it.
struct stats_pages {
  std::function<std::string()> json;        // GET /, and who says nothing for 100 ms, or no HTTP
  std::function<std::string()> prometheus;  // GET /metrics
};

// Serves in a thread of its own. A client that is slow keeps nobody else waiting: it is closed
// after five seconds, or when 16 came after it.
class stats_server {
 public:
  explicit stats_server(stats_pages pages);

  // Stops and waits for the thread.
  ~stats_server();
  stats_server(const stats_server&) = delete;
  stats_server& operator=(const stats_server&) = delete;

  // Binds to the first address of `host`; port 0 takes a free one.
  std::expected<void, std::string> listen(const std::string& host, std::uint16_t port);
  endpoint where() const;

  // Whether it listens at every address that this machine has.
  bool is_for_everybody() const;

  // Begins to serve. After listen().
  void run();

 private:
  struct state;

  std::unique_ptr<state> state_;
};

}  // namespace dovetail
