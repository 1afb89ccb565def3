#include "asio/socket.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

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

std::string_view asio_socket::peer() const {
  return stream_->peer();
}

int asio_socket::descriptor() const {
  return stream_->raw().native_handle();
}

}  // namespace dovetail
