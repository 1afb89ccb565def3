#include "asio/connector.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
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
using tcp_resolver = boost::asio::ip::basic_resolver<tcp, boost::asio::thread_pool::executor_type>;

// What twemproxy answers, too: its resolver's failures become EHOSTDOWN (nc_server.c).
std::error_code unresolved() {
  return {EHOSTDOWN, std::generic_category()};
}

// One attempt. Kept alive by the operation it waits for.
class connector : public boost::intrusive_ref_counter<connector, boost::thread_unsafe_counter> {
 public:
  connector(asio_loop::state& loop, stream_ref stream) : loop_(loop), stream_(std::move(stream)) {}
  connector(asio_loop::state& loop, stream_ref stream, std::string name)
      : loop_(loop), stream_(std::move(stream)), name_(std::move(name)) {}

  void start(const endpoint& to);
  void start(std::vector<address> candidates);

 private:
  using self = boost::intrusive_ptr<connector>;

  void resolve(const endpoint& to);
  void put_off_silent();
  void try_next(std::error_code last);
  void on_connect(const boost::system::error_code& error);
  std::error_code settle();
  void fail(std::error_code why);

  asio_loop::state& loop_;
  const stream_ref stream_;
  std::string name_;  // that was resolved, with its port; empty: none was
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
  put_off_silent();
  try_next(unresolved());
}

// getaddrinfo waits, each name's on a thread of its own as far as there are some: a name that is
// slow keeps no other one waiting.
void connector::resolve(const endpoint& to) {
  name_ = to_string(to);
  boost::asio::thread_pool& threads = loop_.resolvers();
  boost::asio::post(threads, [me = self(this), host = to.host, port = std::to_string(to.port),
                              &loop = loop_, &threads]() mutable {
    boost::system::error_code error;
    std::vector<address> found;
    tcp_resolver resolver(threads.get_executor());
    for (const auto& entry : resolver.resolve(host, port, tcp_resolver::numeric_service, error))
      found.emplace_back(entry.endpoint());
    boost::asio::post(loop.context, [me = std::move(me), found = std::move(found)]() mutable {
      if (!me->stream_->closed()) me->start(std::move(found));
    });
  });
}

// An address that let the last attempt be given up is the last one this time.
void connector::put_off_silent() {
  const address* const silent = loop_.silent_address(name_);
  if (silent == nullptr) return;
  const auto at = std::ranges::find(candidates_, *silent);
  if (at != candidates_.end()) std::rotate(at, at + 1, candidates_.end());
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
  if (stream_->closed()) {
    if (!name_.empty()) loop_.is_silent(name_, candidates_[next_ - 1]);
    return;
  }
  const std::error_code why = error ? to_errno(error) : settle();
  if (why) return try_next(why);
  if (!name_.empty()) loop_.speaks(name_, candidates_[next_ - 1]);
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
                      std::string name,
                      std::vector<address> candidates) {
  const boost::intrusive_ptr<connector> attempt(new connector(loop, stream, std::move(name)));
  attempt->start(std::move(candidates));
}

}  // namespace dovetail
