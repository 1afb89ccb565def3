#include "asio/connector.h"

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <boost/system/error_code.hpp>

#include "asio/address.h"
#include "asio/error.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/stream.h"
#include "base/endpoint.h"
#include "base/result.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using tcp_resolver = boost::asio::ip::basic_resolver<tcp, asio_executor>;

// What twemproxy answers, too: its resolver's failures become EHOSTDOWN (nc_server.c).
std::error_code unresolved() {
  return {EHOSTDOWN, std::generic_category()};
}

// One attempt. Kept alive by the operation it waits for.
class connector : public boost::intrusive_ref_counter<connector, boost::thread_unsafe_counter> {
 public:
  connector(asio_loop::state& loop, stream_ref stream)
      : loop_(loop), stream_(std::move(stream)), resolver_(loop.context.get_executor()) {}

  void start(const endpoint& to);
  void start(std::vector<address> candidates);

 private:
  using self = boost::intrusive_ptr<connector>;

  void resolve(const endpoint& to);
  void on_resolved(const boost::system::error_code& error, const tcp_resolver::results_type& found);
  void try_next(std::error_code last);
  void on_connect(const boost::system::error_code& error);
  std::error_code settle();
  void fail(std::error_code why);

  asio_loop::state& loop_;
  const stream_ref stream_;
  tcp_resolver resolver_;
  std::vector<address> candidates_;
  std::size_t next_ = 0;  // of candidates_
};

void connector::start(const endpoint& to) {
  if (to.is_unix()) {
    const result<address> at = unix_address(to.path);
    return at ? start(std::vector{*at}) : fail(at.error());
  }
  if (const auto at = numeric_address(to)) return start(std::vector{*at});
  resolve(to);
}

void connector::start(std::vector<address> candidates) {
  candidates_ = std::move(candidates);
  try_next(unresolved());
}

// getaddrinfo runs on a thread that Asio starts with the first name and keeps. One name at a time.
void connector::resolve(const endpoint& to) {
  resolver_.async_resolve(to.host, std::to_string(to.port), tcp_resolver::numeric_service,
                          [me = self(this)](const boost::system::error_code& error,
                                            const tcp_resolver::results_type& found) {
                            me->on_resolved(error, found);
                          });
}

void connector::on_resolved(const boost::system::error_code& error,
                            const tcp_resolver::results_type& found) {
  if (stream_->closed()) return;
  if (!error) {
    for (const auto& entry : found)
      candidates_.emplace_back(entry.endpoint());
  }
  try_next(unresolved());
}

void connector::try_next(std::error_code last) {
  while (next_ < candidates_.size()) {
    const address& to = candidates_[next_++];
    boost::system::error_code error;
    stream_->raw().close(error);
    stream_->raw().open(to.protocol(), error);
    if (!error) stream_->raw().non_blocking(true, error);
    if (!error) {
      return stream_->raw().async_connect(
          to, [me = self(this)](const boost::system::error_code& ended) { me->on_connect(ended); });
    }
    last = to_errno(error);
  }
  fail(last);
}

void connector::on_connect(const boost::system::error_code& error) {
  if (stream_->closed()) return;
  const std::error_code why = error ? to_errno(error) : settle();
  if (why) return try_next(why);
  stream_->connected(to_string(to_endpoint(candidates_[next_ - 1])));
}

// Looks whether the connection is one, and sets its options.
std::error_code connector::settle() {
  const auto refused = std::make_error_code(std::errc::connection_refused);
  boost::system::error_code error;
  const address peer = stream_->raw().remote_endpoint(error);
  // A unix listener whose backlog is full makes connect say EAGAIN. Asio waits for the socket to
  // become writable, which one that is not connected is at once, and takes that for success.
  if (error) return refused;
  if (!is_tcp(peer)) return {};
  // A port of this machine that nobody listens on may have been given to our own end.
  if (stream_->raw().local_endpoint(error) == peer) return refused;
  stream_->raw().set_option(tcp::no_delay(true), error);
  return {};
}

// Posted, since the core may be in the call that started the attempt.
void connector::fail(std::error_code why) {
  boost::asio::post(loop_.context, [stream = stream_, why] {
    if (!stream->closed()) stream->failed(why);
  });
}

}  // namespace

void start_connecting(asio_loop::state& loop, const stream_ref& stream, const endpoint& to) {
  const boost::intrusive_ptr<connector> attempt(new connector(loop, stream));
  attempt->start(to);
}

void start_connecting(asio_loop::state& loop,
                      const stream_ref& stream,
                      std::vector<address> candidates) {
  const boost::intrusive_ptr<connector> attempt(new connector(loop, stream));
  attempt->start(std::move(candidates));
}

}  // namespace dovetail
