#include "asio/listener.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "asio/connector.h"
#include "asio/contract_world.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/socket.h"
#include "asio/stream.h"
#include "asio/unix_share.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "io/contract_scene.h"
#include "io/handler.h"
#include "io/socket.h"

namespace dovetail {
namespace {

int option_of(const io::side& one, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(static_cast<const asio_socket&>(*one.socket).descriptor(), level, name, &value,
               &size);
  return value;
}

struct asio_tcp_listener : io::contract_scene<asio_tcp_world> {};

TEST_F(asio_tcp_listener, neither_side_waits_for_more_bytes_to_fill_a_segment) {
  auto [client, server] = pair();
  EXPECT_NE(option_of(client, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_NE(option_of(server, IPPROTO_TCP, TCP_NODELAY), 0);
}

TEST_F(asio_tcp_listener, silent_peers_are_probed_when_asked_for) {
  auto [client, server] = pair();
  EXPECT_EQ(option_of(server, SOL_SOCKET, SO_KEEPALIVE), 0);
  const int idle = option_of(client, IPPROTO_TCP, TCP_KEEPIDLE);
  client.socket->keep_alive({});
  server.socket->keep_alive({.idle_s = 60, .interval_s = 10, .count = 3});
  EXPECT_NE(option_of(client, SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(option_of(client, IPPROTO_TCP, TCP_KEEPIDLE), idle) << "as the system has it";
  EXPECT_NE(option_of(server, SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_EQ(option_of(server, IPPROTO_TCP, TCP_KEEPIDLE), 60);
  EXPECT_EQ(option_of(server, IPPROTO_TCP, TCP_KEEPINTVL), 10);
  EXPECT_EQ(option_of(server, IPPROTO_TCP, TCP_KEEPCNT), 3);
}

TEST_F(asio_tcp_listener, knows_who_has_come) {
  auto [client, server] = pair();
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(static_cast<const asio_socket&>(*client.socket).descriptor(),
                reinterpret_cast<sockaddr*>(&own), &size);
  EXPECT_EQ(server.socket->peer(), "127.0.0.1:" + std::to_string(ntohs(own.sin_port)));
}

TEST_F(asio_tcp_listener, a_host_may_be_a_name_or_nothing) {
  for (const std::string host : {"localhost", ""}) {
    auto door = listen_at({.host = host, .port = 0, .path = {}});
    ASSERT_NE(door, nullptr);
    io::side& client = connect_to({.host = "127.0.0.1", .port = door->where().port, .path = {}});
    EXPECT_TRUE(until([&] { return client.told_writable == 1; }));
  }
}

TEST_F(asio_tcp_listener, a_host_that_cannot_be_resolved_is_down) {
  const auto opened = world.network().listen(world.unresolvable(), {}, {1, 1});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().message(), "Host is down");
}

TEST_F(asio_tcp_listener, an_address_of_another_machine_is_not_available) {
  const auto opened =
      world.network().listen({.host = "192.0.2.1", .port = 0, .path = {}}, {}, {1, 1});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error(), std::errc::address_not_available);
}

// A loop whose work is counted.
struct counted_loop : io::handler {
  counted_loop() {
    door = *asio_listener::open(loop, {.host = "127.0.0.1", .port = 0, .path = {}}, {}, {1, 1});
  }

  std::unique_ptr<io::socket> connect() {
    stream_ref stream(new asio_stream(loop, "door"));
    start_connecting(loop, stream, door->where());
    return std::make_unique<asio_socket>(std::move(stream));
  }

  // How many of Asio's handlers run in that time.
  std::size_t work_in(duration time) {
    end = steady_now() + time;
    return loop.run(*this);
  }

  void on_accept(token, std::unique_ptr<io::socket>, instant) override { ++accepted; }
  void on_ready(token, io::readiness, instant) override {}
  std::optional<instant> on_turn_end(instant now) override {
    if (now >= end) loop.stop();
    return end;
  }

  asio_loop::state loop;
  std::unique_ptr<io::listener> door;
  instant end;
  int accepted = 0;
};

TEST(asio_listener, does_not_spin_while_it_is_paused_and_somebody_waits) {
  counted_loop counted;
  counted.door->pause();
  const auto waiting = counted.connect();
  EXPECT_LT(counted.work_in(std::chrono::milliseconds(30)), 20);
  EXPECT_EQ(counted.accepted, 0);
}

TEST(asio_listener, does_not_spin_without_descriptors) {
  asio_tcp_world world;
  counted_loop counted;
  counted.door->pause();
  const auto waiting = counted.connect();
  counted.work_in(std::chrono::milliseconds(5));
  counted.door->resume();
  world.take_descriptors();
  EXPECT_LT(counted.work_in(std::chrono::milliseconds(30)), 20);
  EXPECT_EQ(counted.accepted, 0);

  world.give_descriptors();
  counted.work_in(std::chrono::milliseconds(300));
  EXPECT_EQ(counted.accepted, 1);
}

struct asio_unix_listener : io::contract_scene<asio_unix_world> {
  static unsigned mode_of(const std::string& path) {
    struct stat found{};
    EXPECT_EQ(::lstat(path.c_str(), &found), 0);
    return found.st_mode & 07777;
  }

  // The process's umask for the time of a test.
  struct masked {
    explicit masked(mode_t mask) : before(::umask(mask)) {}
    ~masked() { ::umask(before); }
    masked(const masked&) = delete;
    masked& operator=(const masked&) = delete;
    mode_t before;
  };
};

TEST_F(asio_unix_listener, its_file_has_the_permissions_asked_for_whatever_the_umask) {
  for (const mode_t mask : {0, 022, 077}) {
    const masked during(mask);
    auto door = listen_at(world.free_address(), {.permissions = 0640});
    EXPECT_EQ(mode_of(door->where().path), 0640);
  }
}

TEST_F(asio_unix_listener, without_a_wish_the_umask_decides) {
  const masked during(027);
  auto door = listen_at(world.free_address());
  EXPECT_EQ(mode_of(door->where().path), 0750);
}

TEST_F(asio_unix_listener, its_file_is_gone_with_it) {
  auto door = listen_at(world.free_address());
  const std::string path = door->where().path;
  EXPECT_TRUE(std::filesystem::exists(path));
  door.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(asio_unix_listener, the_file_of_a_successor_stays) {
  auto first = listen_at(world.free_address());
  std::filesystem::remove(first->where().path);
  auto second = listen_at(first->where());
  first.reset();
  EXPECT_TRUE(std::filesystem::exists(second->where().path));
  connect_to(second->where());
  EXPECT_TRUE(until([&] { return arrived.size() == 1; }));
}

// A socket's file without a process, as a crash leaves it.
void desert(const std::string& path) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::acceptor gone(context, {path});
}

TEST_F(asio_unix_listener, a_file_that_a_dead_process_left_is_replaced) {
  const endpoint at = world.free_address();
  desert(at.path);
  ASSERT_TRUE(std::filesystem::exists(at.path));
  auto door = listen_at(at);
  connect_to(at);
  EXPECT_TRUE(until([&] { return arrived.size() == 1; }));
}

// As another process's: it has no share in this one's sockets.
TEST_F(asio_unix_listener, a_live_one_is_in_use_whatever_shares_there_are) {
  auto door = listen_at(world.free_address(), {.reuse_port = true});
  asio_loop other;
  for (const bool is_first : {true, false}) {
    const auto second = other.listen(door->where(), {.reuse_port = true, .is_first = is_first}, {});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error(), std::errc::address_in_use);
  }
  EXPECT_TRUE(std::filesystem::exists(door->where().path));
}

TEST_F(asio_unix_listener, one_with_a_full_backlog_is_in_use_too) {
  auto door = listen_at(world.free_address(), {.backlog = 1});
  door->pause();
  for (int each = 0; each < 5; ++each)
    connect_to(door->where());
  EXPECT_EQ(world.network().listen(door->where(), {}, {}).error(), std::errc::address_in_use);
}

TEST_F(asio_unix_listener, a_file_that_is_no_socket_is_not_touched) {
  const endpoint at = world.free_address();
  std::ofstream(at.path) << "precious";
  const auto opened = world.network().listen(at, {}, {1, 1});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error(), std::errc::address_in_use);
  std::string text;
  std::ifstream(at.path) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(asio_unix_listener, a_directory_that_is_not_there_and_a_long_name_are_errors) {
  endpoint at = world.free_address();
  at.path += "/missing/s";
  EXPECT_EQ(world.network().listen(at, {}, {1, 1}).error(), std::errc::no_such_file_or_directory);
  EXPECT_EQ(world.network().listen(world.unresolvable(), {}, {1, 1}).error(),
            std::errc::filename_too_long);
}

// One of several loops, each in a thread of its own, that accept from the same listener's address.
class accepting_loop final : public io::handler {
 public:
  accepting_loop(const endpoint& at, unix_share* share) : loop_(share) {
    auto opened = loop_.listen(at, {.reuse_port = true}, {.slot = 0, .generation = 1});
    EXPECT_TRUE(opened.has_value());
    if (opened) door_ = std::move(*opened);
    thread_ = std::thread([this] { loop_.run(*this); });
  }
  ~accepting_loop() override {
    loop_.stop();
    thread_.join();
  }

  endpoint where() const { return door_->where(); }
  int accepted() const { return accepted_; }

  void on_accept(token, std::unique_ptr<io::socket>, instant) override { ++accepted_; }
  void on_ready(token, io::readiness, instant) override {}
  std::optional<instant> on_turn_end(instant) override { return std::nullopt; }

 private:
  asio_loop loop_;
  std::unique_ptr<io::listener> door_;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

template <class Protocol>
void connect_and_close(const typename Protocol::endpoint& to, int times) {
  boost::asio::io_context context;
  for (int at = 0; at < times; ++at) {
    typename Protocol::socket client(context);
    client.connect(to);
    char byte = 0;
    boost::system::error_code closed;
    client.read_some(boost::asio::buffer(&byte, 1), closed);  // until it was accepted
  }
}

TEST(asio_listeners, share_a_port_about_evenly) {
  using boost::asio::ip::tcp;
  const endpoint any{.host = "127.0.0.1", .port = 0, .path = {}};
  accepting_loop first(any, nullptr);
  accepting_loop second(first.where(), nullptr);
  accepting_loop third(first.where(), nullptr);
  const tcp::endpoint to(boost::asio::ip::address_v4::loopback(), first.where().port);
  connect_and_close<tcp>(to, 600);
  for (const accepting_loop* const each : {&first, &second, &third})
    EXPECT_GE(each->accepted(), 100) << "of 600";
  EXPECT_EQ(first.accepted() + second.accepted() + third.accepted(), 600);
}

TEST(asio_listeners, share_a_unix_socket_whose_file_goes_with_the_last) {
  using unix_stream = boost::asio::local::stream_protocol;
  const std::string path = testing::TempDir() + "share-" + std::to_string(::getpid());
  unix_share share;
  {
    auto first =
        std::make_unique<accepting_loop>(endpoint{.host = {}, .port = 0, .path = path}, &share);
    accepting_loop second(endpoint{.host = {}, .port = 0, .path = path}, &share);
    connect_and_close<unix_stream>(unix_stream::endpoint(path), 50);
    EXPECT_EQ(first->accepted() + second.accepted(), 50);
    first.reset();
    connect_and_close<unix_stream>(unix_stream::endpoint(path), 10);
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace dovetail
