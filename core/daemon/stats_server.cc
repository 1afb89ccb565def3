#include "daemon/stats_server.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "base/endpoint.h"
#include "daemon/stats_client.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds accept_pause(100);  // out of descriptors
constexpr std::size_t clients_max = 16;  // for one more, the one that is there longest gives way

}  // namespace

struct stats_server::state {
  explicit state(stats_pages of) : pages(std::move(of)) {}

  void accept() {
    acceptor.async_accept([this](error_code failed, tcp::socket socket) {
      if (failed == boost::asio::error::operation_aborted) return;
      if (failed) return accept_later();
      make_room();
      const auto client = std::make_shared<stats_client>(std::move(socket), pages);
      clients.push_back(client);
      client->start();
      accept();
    });
  }

  // Whoever does not come to an end loses its own place and takes nobody else's.
  void make_room() {
    std::erase_if(clients, [](const auto& each) { return each.expired(); });
    if (clients.size() < clients_max) return;
    if (const auto oldest = clients.front().lock()) oldest->close();
    clients.erase(clients.begin());
  }

  void accept_later() {
    pause.expires_after(accept_pause);
    pause.async_wait([this](error_code canceled) {
      if (!canceled) accept();
    });
  }

  const stats_pages pages;
  std::vector<std::weak_ptr<stats_client>> clients;  // in the order of their coming
  boost::asio::io_context context{1};
  tcp::acceptor acceptor{context};
  boost::asio::steady_timer pause{context};
  std::thread thread;
};

stats_server::stats_server(stats_pages pages) : state_(std::make_unique<state>(std::move(pages))) {}

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

bool stats_server::is_for_everybody() const {
  error_code ignored;
  return state_->acceptor.local_endpoint(ignored).address().is_unspecified();
}

void stats_server::run() {
  state_->accept();
  state_->thread = std::thread([this] { state_->context.run(); });
}

}  // namespace dovetail
