#include "asio/socket.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "asio/stream.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail {

asio_socket::asio_socket(stream_ref stream) : stream_(std::move(stream)) {}

asio_socket::~asio_socket() {
  stream_->close();
}

result<std::size_t> asio_socket::read(std::span<std::byte> into) {
  return stream_->read(into);
}

result<std::size_t> asio_socket::write(std::span<const io::const_buffer> from) {
  return stream_->write(from);
}

void asio_socket::watch(io::readiness what, token who) {
  stream_->watch(what, who);
}

void asio_socket::finish() {
  stream_->finish();
}

void asio_socket::keep_alive(const io::keep_alive_options& how) {
  const int to = descriptor();
  const auto set = [to](int level, int name, int value) {
    // A unix socket, or one that is connected no more, has none of these.
    std::ignore = ::setsockopt(to, level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  if (how.idle_s > 0) set(IPPROTO_TCP, TCP_KEEPIDLE, how.idle_s);
  if (how.interval_s > 0) set(IPPROTO_TCP, TCP_KEEPINTVL, how.interval_s);
  if (how.count > 0) set(IPPROTO_TCP, TCP_KEEPCNT, how.count);
}

std::string_view asio_socket::peer() const {
  return stream_->peer();
}

int asio_socket::descriptor() const {
  return stream_->raw().native_handle();
}

}  // namespace dovetail
