#include "asio/address.h"

#include <cstring>
#include <optional>
#include <string>
#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/endpoint.h"
#include "base/result.h"

namespace dovetail {

using boost::asio::ip::tcp;
using unix_stream = boost::asio::local::stream_protocol;

std::optional<address> numeric_address(const endpoint& at) {
  boost::system::error_code is_name;
  const auto host = boost::asio::ip::make_address(at.host, is_name);
  if (is_name) return std::nullopt;
  return tcp::endpoint(host, at.port);
}

result<address> unix_address(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return failure(std::errc::filename_too_long);
  return unix_stream::endpoint(path);
}

bool is_tcp(const address& at) {
  const int family = at.data()->sa_family;
  return family == AF_INET || family == AF_INET6;
}

endpoint to_endpoint(const address& at) {
  if (is_tcp(at)) {
    tcp::endpoint in;
    std::memcpy(in.data(), at.data(), at.size());
    return {.host = in.address().to_string(), .port = in.port(), .path = {}};
  }
  unix_stream::endpoint in;
  std::memcpy(in.data(), at.data(), at.size());
  in.resize(at.size());
  return {.host = {}, .port = 0, .path = in.path()};
}

}  // namespace dovetail
