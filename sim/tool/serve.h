// `dovetail-sim serve`: model servers on real sockets.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dovetail::sim {

struct serve_options {
  std::string host = "127.0.0.1";
  std::vector<std::uint16_t> redis_ports;  // 0: any free one
  std::vector<std::uint16_t> memcache_ports;
  bool json = false;
};

// Serves until SIGINT or SIGTERM and returns the process's exit code. Once all servers listen, says
// on standard output where: a line each, or all ports as one line of JSON.
int serve(const serve_options& how);

}  // namespace dovetail::sim
