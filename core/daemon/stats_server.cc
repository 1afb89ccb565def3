#include "daemon/stats_server.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "base/endpoint.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds client_time_max(5);
constexpr std::chrono::milliseconds accept_pause(100);  // out of descriptors
constexpr int clients_max = 64;                         // at a time; more are closed at once

// One client: write, say that nothing follows, wait for its end so that unread bytes of an HTTP
// request do not turn the close into a reset. Keeps itself alive until then.
class stats_client : public std::enable_shared_from_this<stats_client> {
 public:
  stats_client(tcp::socket socket, std::string text, int& count)
      : socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        text_(std::move(text)),
        count_(count) {
    ++count_;
  }
  ~stats_client() { --count_; }
  stats_client(const stats_client&) = delete;
  stats_client& operator=(const stats_client&) = delete;

  void start() {
    deadline_.expires_after(client_time_max);
    deadline_.async_wait([self = weak_from_this()](error_code canceled) {
      const auto client = self.lock();
      if (!canceled && client) client->close();
    });
    boost::asio::async_write(socket_, boost::asio::buffer(text_),
                             [self = shared_from_this()](error_code failed, std::size_t) {
                               if (failed) return;
                               error_code ignored;
                               self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
                               self->read_to_end();
                             });
  }

 private:
  void read_to_end() {
    socket_.async_read_some(boost::asio::buffer(discarded_),
                            [self = shared_from_this()](error_code ended, std::size_t) {
                              if (!ended) self->read_to_end();
                            });
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  const std::string text_;
  std::array<char, 512> discarded_{};
  int& count_;
};

}  // namespace

struct stats_server::state {
  explicit state(std::function<std::string()> make) : document(std::move(make)) {}

  void accept() {
    acceptor.async_accept([this](error_code failed, tcp::socket socket) {
      if (failed == boost::asio::error::operation_aborted) return;
      if (failed) return accept_later();
      if (client_count < clients_max) {
        std::make_shared<stats_client>(std::move(socket), document() + "\n", client_count)->start();
      }
      accept();
    });
  }

  void accept_later() {
    pause.expires_after(accept_pause);
    pause.async_wait([this](error_code canceled) {
      if (!canceled) accept();
    });
  }

  const std::function<std::string()> document;
  int client_count = 0;  // before `context`: the clients that it destroys count down
  boost::asio::io_context context{1};
  tcp::acceptor acceptor{context};
  boost::asio::steady_timer pause{context};
  std::thread thread;
};

stats_server::stats_server(std::function<std::string()> document)
    : state_(std::make_unique<state>(std::move(document))) {}

stats_server::~stats_server() {
  state_->context.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

std::expected<void, std::string> stats_server::listen(const std::string& host, std::uint16_t port) {
  error_code failed;
  tcp::resolver resolver(state_->context);
  const auto found =
      resolver.resolve(host, fmt::format("{}", port), tcp::resolver::passive, failed);
  tcp::acceptor& acceptor = state_->acceptor;
  if (!failed) {
    const tcp::endpoint at = found.begin()->endpoint();
    if (!failed) acceptor.open(at.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(at, failed);
    if (!failed) acceptor.listen(tcp::acceptor::max_listen_connections, failed);
  }
  if (!failed) return {};
  return std::unexpected(fmt::format("the stats server cannot listen at {}: {}",
                                     to_string(endpoint{.host = host, .port = port, .path = {}}),
                                     failed.message()));
}

endpoint stats_server::where() const {
  error_code ignored;
  const tcp::endpoint at = state_->acceptor.local_endpoint(ignored);
  return {.host = at.address().to_string(), .port = at.port(), .path = {}};
}

void stats_server::run() {
  state_->accept();
  state_->thread = std::thread([this] { state_->context.run(); });
}

}  // namespace dovetail
