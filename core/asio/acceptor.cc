#include "asio/acceptor.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include "asio/address.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/socket.h"
#include "asio/stream.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"

namespace dovetail {
namespace {

constexpr int accepts_per_turn_max = 64;

// Out of descriptors or memory, the kernel goes on saying that somebody waits. Asking again at once
// would spin; whoever waits does so in the backlog meanwhile.
constexpr auto rest_time = std::chrono::milliseconds(100);

bool is_would_block(const boost::system::error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

// The peer was gone before it was accepted, or the kernel would not have it (accept(2)): that
// connection is off the queue and the next one may be fine.
bool is_of_one_connection(const boost::system::error_code& error) {
  switch (error.value()) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
      return true;
    default:
      return false;
  }
}

void set_options(asio_stream::socket_type& of) {
  boost::system::error_code ignored;  // a peer that has reset already is found out by reading
  of.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

}  // namespace

asio_acceptor::asio_acceptor(asio_loop::state& loop, token who)
    : loop_(loop),
      socket_(loop.context.get_executor()),
      rest_(loop.context.get_executor()),
      who_(who) {}

void asio_acceptor::resume() {
  paused_ = false;
  if (!armed_) arm();
}

void asio_acceptor::close() {
  closed_ = true;
  rest_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void asio_acceptor::arm() {
  armed_ = true;
  socket_.async_wait(
      socket_type::wait_read,
      [me = acceptor_ref(this)](const boost::system::error_code&) { me->on_wait(); });
}

void asio_acceptor::on_wait() {
  armed_ = false;
  for (int left = accepts_per_turn_max; left > 0 && !closed_ && !paused_; --left) {
    if (!accept_one()) break;
  }
  if (!closed_ && !paused_ && !armed_) arm();
}

// Whether it makes sense to go on.
bool asio_acceptor::accept_one() {
  stream_ref stream(new asio_stream(loop_, std::string()));
  address from;
  boost::system::error_code error;
  socket_.accept(stream->raw(), from, error);
  if (is_would_block(error)) return false;
  if (error) {
    const bool go_on = is_of_one_connection(error);
    if (!go_on) rest();
    return go_on;
  }
  stream->raw().non_blocking(true, error);
  const bool tcp = is_tcp(from);
  if (tcp) set_options(stream->raw());
  stream->accepted(tcp ? to_string(to_endpoint(from)) : std::string());
  const instant now = loop_.enter_turn();
  loop_.handler->on_accept(who_, std::make_unique<asio_socket>(std::move(stream)), now);
  return true;
}

void asio_acceptor::rest() {
  armed_ = true;
  rest_.expires_after(rest_time);
  rest_.async_wait([me = acceptor_ref(this)](const boost::system::error_code&) {
    me->armed_ = false;
    if (!me->closed_ && !me->paused_) me->arm();
  });
}

}  // namespace dovetail
