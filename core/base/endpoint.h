// Where a socket listens or connects to.

#pragma once

#include <cstdint>
#include <string>

namespace dovetail {

// Either a TCP host and port, or the path of a unix socket. Hosts are names or addresses, IPv6
// without brackets; resolving them is the network's business.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string path;  // absolute; when not empty, host and port mean nothing

  bool is_unix() const { return !path.empty(); }
  bool operator==(const endpoint&) const = default;
};

// "host:port", "[v6]:port" or the path.
std::string to_string(const endpoint& at);

}  // namespace dovetail
