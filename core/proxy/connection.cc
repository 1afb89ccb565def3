#include "proxy/connection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <expected>
#include <span>
#include <system_error>

#include "base/result.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "io/socket.h"

namespace dovetail {

result<connection::filled> connection::fill(inbox& into) {
  const std::span<std::byte> room = into.room();
  const auto size = socket_->read(room.first(std::min(room.size(), read_bytes_max)));
  into.fill(size.value_or(0));
  into.release_if_empty();
  if (size) return *size > 0 ? filled::some : filled::end;
  if (size.error() == std::errc::operation_would_block) return filled::nothing;
  return std::unexpected(size.error());
}

result<std::size_t> connection::flush(outbox& from) {
  if (from.empty()) return 0;
  // Mostly it is one, and the list of many is as long as several small replies.
  auto size = from.pieces() == 1 ? write<1>(from) : write<io::buffers_per_write_max>(from);
  if (!size && size.error() == std::errc::operation_would_block) size = 0;
  if (!size) return size;
  from.drop(*size);
  if (!from.empty()) watch(io::readiness::writable);
  return size;
}

template <std::size_t Pieces>
result<std::size_t> connection::write(const outbox& from) {
  std::array<io::const_buffer, Pieces> pieces;
  const std::size_t count = from.gather(pieces);
  return socket_->write(std::span(pieces).first(count));
}

std::error_code connection::connected() {
  const auto written = socket_->write({});
  return written ? std::error_code() : written.error();
}

}  // namespace dovetail
