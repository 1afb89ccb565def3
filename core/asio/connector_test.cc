#include "asio/connector.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "asio/address.h"
#include "asio/contract_world.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/socket.h"
#include "asio/stream.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "base/token.h"
#include "io/contract_scene.h"
#include "io/handler.h"
#include "io/socket.h"

namespace dovetail {
namespace {

// Runs one attempt over given addresses and tells how it ended.
struct attempt : io::handler {
  std::string end(const std::vector<address>& candidates) {
    stream_ref stream(new asio_stream(loop, "somewhere"));
    start_connecting(loop, stream, "somewhere", candidates);
    asio_socket socket(std::move(stream));
    socket.watch(io::readiness::writable, {1, 1});
    loop.run(*this);
    if (ended_at) return "given up";
    const auto size = socket.write({});
    return size ? std::string(socket.peer()) : io::word_of(size.error());
  }

  // Ends the attempt when it takes longer.
  std::string end_within(duration time, const std::vector<address>& candidates) {
    patience_ends = steady_now() + time;
    std::string how = end(candidates);
    patience_ends = steady_now();
    loop.run(*this);  // what Asio still has to say
    patience_ends.reset();
    ended_at.reset();
    return how;
  }

  void on_accept(token, std::unique_ptr<io::socket>, instant) override {}
  void on_ready(token, io::readiness, instant) override { loop.stop(); }
  std::optional<instant> on_turn_end(instant now) override {
    if (!patience_ends || now < *patience_ends) return patience_ends;
    ended_at = now;
    loop.stop();
    return std::nullopt;
  }

  asio_loop::state loop;
  std::optional<instant> patience_ends, ended_at;
};

// Lets nobody in: its backlog is full, so that attempts are not even refused.
class silent_listener {
 public:
  silent_listener() {
    sockaddr_in at = {};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(door_, reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(door_, 0), 0);
    EXPECT_EQ(::getsockname(door_, reinterpret_cast<sockaddr*>(&at), &size), 0);
    port_ = ntohs(at.sin_port);
    for (int& each : waiting_) {
      each = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      ::connect(each, reinterpret_cast<const sockaddr*>(&at), size);
    }
  }
  ~silent_listener() {
    for (const int each : waiting_)
      ::close(each);
    ::close(door_);
  }
  silent_listener(const silent_listener&) = delete;
  silent_listener& operator=(const silent_listener&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int waiting_[4] = {};
  std::uint16_t port_ = 0;
};

address loopback(std::uint16_t port) {
  return *numeric_address({.host = "127.0.0.1", .port = port, .path = {}});
}

struct connector : io::contract_scene<asio_tcp_world> {};

TEST_F(connector, tries_every_address_until_one_answers) {
  auto door = listen_at(world.free_address());
  const auto deaf = loopback(world.deaf_address().port);
  const auto nowhere = *unix_address("/nowhere/at/all");
  attempt one;
  EXPECT_EQ(one.end({deaf, nowhere, loopback(door->where().port), deaf}), to_string(door->where()));
}

TEST_F(connector, fails_with_the_error_of_the_last_address) {
  const auto deaf = loopback(world.deaf_address().port);
  const auto nowhere = *unix_address("/nowhere/at/all");
  attempt one;
  EXPECT_EQ(one.end({deaf, nowhere}), "no such file");
  EXPECT_EQ(one.end({nowhere, deaf}), "refused");
}

TEST_F(connector, tries_an_address_last_that_did_not_answer_before) {
  using namespace std::chrono_literals;
  auto door = listen_at(world.free_address());
  const silent_listener silent;
  const auto bad = loopback(silent.port());
  const auto good = loopback(door->where().port);
  attempt one;
  EXPECT_EQ(one.end_within(100ms, {bad, good}), "given up");
  EXPECT_EQ(one.end_within(10s, {bad, good}), to_string(door->where()));
  EXPECT_EQ(one.end_within(100ms, {bad}), "given up");
}

TEST_F(connector, no_address_at_all_is_a_host_that_is_down) {
  attempt one;
  EXPECT_EQ(one.end({}), "host is down");
}

TEST_F(connector, resolves_a_name_without_blocking) {
  auto door = listen_at(world.free_address());
  io::side& client = connect_to({.host = "localhost", .port = door->where().port, .path = {}});
  EXPECT_EQ(client.socket->peer(), "localhost:" + std::to_string(door->where().port));
  EXPECT_EQ(io::word_of(client.write_once("x").error()), "would block");

  ASSERT_TRUE(until([&] { return client.told_writable == 1 && arrived.size() == 1; }));
  EXPECT_EQ(client.socket->peer(), to_string(door->where()));
}

TEST_F(connector, a_name_that_nobody_has_is_a_host_that_is_down) {
  io::side& client = connect_to({.host = "no-such-host.invalid", .port = 1, .path = {}});
  ASSERT_TRUE(world.run(*this, [&] { return client.over(); }, std::chrono::seconds(60)));
  EXPECT_EQ(client.read_error.category(), std::generic_category());
  EXPECT_EQ(client.read_error.message(), "Host is down");
}

TEST_F(connector, many_names_at_once_are_all_resolved) {
  auto door = listen_at(world.free_address());
  for (int i = 0; i < 20; ++i) {
    connect_to({.host = "localhost", .port = door->where().port, .path = {}});
  }
  EXPECT_TRUE(until([&] { return arrived.size() == 20; }));
}

// Connecting to a free port of the range that the kernel chooses from may meet itself.
TEST_F(connector, a_socket_never_connects_to_itself) {
  const endpoint deaf = world.deaf_address();
  for (int tries = 0; tries < 50; ++tries) {
    io::side& client = connect_to(deaf);
    ASSERT_TRUE(until([&] { return client.told_writable == 1; }));
    EXPECT_EQ(io::word_of(client.write_once("x").error()), "refused");
    client.hang_up();
  }
}

TEST_F(connector, a_unix_listener_whose_backlog_is_full_refuses) {
  const scratch_directory directory;
  auto door = listen_at({.host = {}, .port = 0, .path = directory.file("s")}, {.backlog = 1});
  door->pause();
  std::vector<io::side*> all;
  all.reserve(5);
  for (int i = 0; i < 5; ++i)
    all.push_back(&connect_to(door->where()));
  ASSERT_TRUE(until([&] { return all.back()->told_writable == 1; }));
  EXPECT_EQ(io::word_of(all.back()->read_once().error()), "refused");
  EXPECT_EQ(all.front()->write_once("x"), 1);
}

}  // namespace
}  // namespace dovetail
