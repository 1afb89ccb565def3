#include "asio/stream.h"

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/system/error_code.hpp>

#include "asio/error.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/op_memory.h"
#include "base/check.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail {
namespace {

using gather =
    boost::container::static_vector<boost::asio::const_buffer, io::buffers_per_write_max>;

// Empty pieces are left out: they would use up places in the kernel's list.
gather to_gather(std::span<const io::const_buffer> from) {
  DOVETAIL_CHECK(from.size() <= io::buffers_per_write_max);
  gather pieces;
  for (const io::const_buffer& piece : from) {
    if (!piece.empty()) pieces.emplace_back(piece.data(), piece.size());
  }
  return pieces;
}

bool is_would_block(const boost::system::error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again ||
         error == boost::asio::error::interrupted;
}

}  // namespace

// Holds the stream, and with it the memory that the wait itself lies in.
struct asio_stream::wait_handler {
  using allocator_type = op_allocator<std::byte>;

  stream_ref stream;
  io::readiness what;

  allocator_type get_allocator() const { return allocator_type(stream->of(what).memory); }
  void operator()() const { stream->on_wait(what); }
  void operator()(const boost::system::error_code&) const { stream->on_wait(what); }
};

asio_stream::asio_stream(asio_loop::state& loop, std::string name)
    : loop_(loop), socket_(loop.context.get_executor()), name_(std::move(name)) {}

void asio_stream::accepted(std::string peer) {
  phase_ = phase::open;
  address_ = std::move(peer);
}

void asio_stream::connected(std::string peer) {
  accepted(std::move(peer));
  boost::system::error_code ignored;
  if (finished_) socket_.shutdown(socket_type::shutdown_send, ignored);
  if (readable_.watched) arm(io::readiness::readable);
  tell_of_attempt(io::readiness::writable);
}

void asio_stream::failed(std::error_code why) {
  phase_ = phase::failed;
  read_error_ = write_error_ = why;
  boost::system::error_code ignored;
  socket_.close(ignored);
  const bool reads = readable_.watched;  // before it is told anything
  tell_of_attempt(io::readiness::writable);
  if (reads) tell_of_attempt(io::readiness::readable);
}

void asio_stream::close() {
  phase_ = phase::closed;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

result<std::size_t> asio_stream::read(std::span<std::byte> into) {
  DOVETAIL_CHECK(!into.empty());
  if (phase_ == phase::connecting) return failure(std::errc::operation_would_block);
  if (read_error_) return std::unexpected(read_error_);
  if (ended_) return 0;
  boost::system::error_code error;
  const std::size_t size = socket_.read_some(boost::asio::buffer(into.data(), into.size()), error);
  if (!error) return size;
  if (is_would_block(error)) return failure(std::errc::operation_would_block);
  const bool end = error == boost::asio::error::eof;
  if (end && !write_error_) {
    ended_ = true;
    return 0;
  }
  // The kernel tells of a reset once, and of the end from then on. A write may have been told.
  read_error_ = end ? write_error_ : to_errno(error);
  if (!write_error_) write_error_ = read_error_;
  return std::unexpected(read_error_);
}

result<std::size_t> asio_stream::write(std::span<const io::const_buffer> from) {
  if (phase_ == phase::connecting) return failure(std::errc::operation_would_block);
  if (write_error_) return std::unexpected(write_error_);
  if (finished_) return failure(std::errc::broken_pipe);
  const gather pieces = to_gather(from);
  if (pieces.empty()) return 0;
  boost::system::error_code error;
  // A single buffer is sent with send, which is cheaper than sendmsg.
  const std::size_t size = pieces.size() == 1 ? socket_.write_some(pieces.front(), error)
                                              : socket_.write_some(pieces, error);
  if (!error) return size;
  if (is_would_block(error)) return failure(std::errc::operation_would_block);
  write_error_ = to_errno(error);
  return std::unexpected(write_error_);
}

void asio_stream::finish() {
  if (finished_) return;
  finished_ = true;
  boost::system::error_code ignored;  // a peer that has reset needs no more telling
  if (phase_ == phase::open) socket_.shutdown(socket_type::shutdown_send, ignored);
}

void asio_stream::watch(io::readiness what, token who) {
  if (io::can_read(what)) watch_one(io::readiness::readable, who);
  if (io::can_write(what)) watch_one(io::readiness::writable, who);
}

void asio_stream::watch_one(io::readiness what, token who) {
  direction& at = of(what);
  at.who = who;
  if (!at.watched) at.turn = loop_.open_turn();
  at.watched = true;
  if (!at.armed && phase_ != phase::connecting) arm(what);
}

// Asio registers the descriptor anew with each wait, so the kernel looks whether it is ready
// already: no data and no end of stream that came between two waits is missed.
void asio_stream::arm(io::readiness what) {
  of(what).armed = true;
  wait_handler handler{.stream = stream_ref(this), .what = what};
  if (phase_ == phase::failed) {
    boost::asio::post(loop_.context, std::move(handler));
  } else {
    socket_.async_wait(
        what == io::readiness::readable ? socket_type::wait_read : socket_type::wait_write,
        std::move(handler));
  }
}

// Asio may hold another event of the same descriptor, of before this wait: with it the wait ends in
// the turn that it began in. It is told behind the end of that turn.
void asio_stream::on_wait(io::readiness what) {
  if (phase_ != phase::closed && is_of_this_turn(of(what))) {
    return boost::asio::post(loop_.context, wait_handler{.stream = stream_ref(this), .what = what});
  }
  of(what).armed = false;
  tell(what);
}

bool asio_stream::is_of_this_turn(const direction& at) const {
  return at.watched && at.turn != 0 && at.turn == loop_.open_turn();
}

void asio_stream::tell_of_attempt(io::readiness what) {
  if (phase_ == phase::closed) return;
  is_of_this_turn(of(what)) ? arm(what) : tell(what);
}

void asio_stream::tell(io::readiness what) {
  direction& at = of(what);
  if (phase_ == phase::closed || !at.watched) return;
  at.watched = false;
  const instant now = loop_.enter_turn();
  loop_.handler->on_ready(at.who, what, now);
}

}  // namespace dovetail
