// Gives whoever connects one document and closes: what twemproxy's stats port does.

#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/endpoint.h"

namespace dovetail {

// Serves in a thread of its own; nothing is read, and a client that does not read keeps nobody
// else waiting: it is closed after five seconds.
class stats_server {
 public:
  // `document` is called in the server's thread, once for each client.
  explicit stats_server(std::function<std::string()> document);

  // Stops and waits for the thread.
  ~stats_server();
  stats_server(const stats_server&) = delete;
  stats_server& operator=(const stats_server&) = delete;

  // Binds to the first address of `host`; port 0 takes a free one.
  std::expected<void, std::string> listen(const std::string& host, std::uint16_t port);
  endpoint where() const;

  // Begins to serve. After listen().
  void run();

 private:
  struct state;

  std::unique_ptr<state> state_;
};

}  // namespace dovetail
