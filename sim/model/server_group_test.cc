#include "sim/model/server_group.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"

namespace dovetail::sim {
namespace {

// The two ends of a byte stream without a kernel, and what the loop would know of it.
struct wire {
  std::string to_server;
  std::string to_client;
  std::size_t read_max = 1U << 20;    // most that one read brings
  std::size_t unread_max = 1U << 30;  // most that to_client holds
  bool finished = false;              // by the client
  bool reset = false;
  bool open = true;  // at the server's end
  io::readiness watched = io::readiness::none;
  token name;
};

class fake_socket final : public io::socket {
 public:
  explicit fake_socket(wire& over) : wire_(&over) {}
  ~fake_socket() override { wire_->open = false; }

  result<std::size_t> read(std::span<std::byte> into) override {
    if (wire_->reset) return failure(std::errc::connection_reset);
    std::string& from = wire_->to_server;
    if (from.empty() && wire_->finished) return 0;
    if (from.empty()) return failure(std::errc::operation_would_block);
    const std::size_t size = std::min({from.size(), into.size(), wire_->read_max});
    std::memcpy(into.data(), from.data(), size);
    from.erase(0, size);
    return size;
  }

  result<std::size_t> write(std::span<const io::const_buffer> from) override {
    if (wire_->reset) return failure(std::errc::connection_reset);
    std::size_t taken = 0;
    for (const auto& piece : from) {
      const std::size_t size = std::min(piece.size(), wire_->unread_max - wire_->to_client.size());
      wire_->to_client.append(reinterpret_cast<const char*>(piece.data()), size);
      taken += size;
    }
    if (taken == 0) return failure(std::errc::operation_would_block);
    return taken;
  }

  void watch(io::readiness what, token who) override {
    wire_->watched = wire_->watched | what;
    wire_->name = who;
  }

  void finish() override {}
  void keep_alive(const io::keep_alive_options&) override {}
  std::string_view peer() const override { return "a test"; }

 private:
  wire* wire_;
};

class fake_listener final : public io::listener {
 public:
  explicit fake_listener(endpoint at) : at_(std::move(at)) {}
  void pause() override {}
  void resume() override {}
  endpoint where() const override { return at_; }

 private:
  endpoint at_;
};

class fake_network final : public io::network {
 public:
  std::unique_ptr<io::socket> connect(const endpoint&) override { return nullptr; }

  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options&,
                                               token who) override {
    if (listeners.contains(at.port)) return failure(std::errc::address_in_use);
    listeners[at.port] = who;
    return std::make_unique<fake_listener>(at);
  }

  std::map<std::uint16_t, token> listeners;
};

struct server_group_test : ::testing::Test {
  static constexpr std::uint16_t redis_port = 1;
  static constexpr std::uint16_t other_redis_port = 2;
  static constexpr std::uint16_t memcache_port = 3;

  void SetUp() override {
    ASSERT_TRUE(open(redis_port, std::make_unique<redis_server>(redis_server::options())));
    ASSERT_TRUE(open(other_redis_port, std::make_unique<redis_server>(redis_server::options())));
    ASSERT_TRUE(open(memcache_port, std::make_unique<memcache_server>(wall_clock())));
  }

  result<endpoint> open(std::uint16_t port, std::unique_ptr<server> model) {
    return group.add(std::move(model), {.host = "a", .port = port, .path = {}});
  }

  wire& connect(std::uint16_t port) {
    wires.push_back(std::make_unique<wire>());
    group.on_accept(net.listeners.at(port), std::make_unique<fake_socket>(*wires.back()), now);
    group.on_turn_end(now);
    return *wires.back();
  }

  // Turns as long as something is ready that is watched for.
  void run() {
    for (bool any = true; any;) {
      any = false;
      for (const auto& each : wires)
        any = tell(*each) || any;
      group.on_turn_end(now);
    }
  }

  bool tell(wire& at) {
    auto ready = io::readiness::none;
    if (!at.to_server.empty() || at.finished || at.reset) ready = ready | io::readiness::readable;
    if (at.to_client.size() < at.unread_max || at.reset) ready = ready | io::readiness::writable;
    ready = ready & at.watched;
    if (!at.open || ready == io::readiness::none) return false;
    at.watched = io::readiness::none;
    group.on_ready(at.name, ready, now);
    return true;
  }

  std::string ask(wire& at, std::string_view bytes) {
    at.to_server += bytes;
    run();
    return std::exchange(at.to_client, "");
  }

  instant now{};
  fake_network net;
  std::vector<std::unique_ptr<wire>> wires;  // outlive the sockets in the group
  server_group group{net};
};

TEST_F(server_group_test, tells_its_servers_apart) {
  wire& redis = connect(redis_port);
  wire& other = connect(other_redis_port);
  wire& memcache = connect(memcache_port);

  EXPECT_EQ(ask(redis, "SET a 1\r\n"), "+OK\r\n");
  EXPECT_EQ(ask(other, "GET a\r\n"), "$-1\r\n");
  EXPECT_EQ(ask(memcache, "get a\r\n"), "END\r\n");
  EXPECT_EQ(ask(connect(redis_port), "GET a\r\n"), "$1\r\n1\r\n");
}

TEST_F(server_group_test, says_why_it_cannot_listen) {
  const auto again = open(redis_port, std::make_unique<redis_server>(redis_server::options()));

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), std::errc::address_in_use);
}

TEST_F(server_group_test, answers_pipelined_requests_in_order) {
  wire& redis = connect(redis_port);

  EXPECT_EQ(ask(redis, "PING 1\r\nPING 2\r\nNO\r\nPING 3\r\n"),
            "$1\r\n1\r\n$1\r\n2\r\n-ERR unknown command 'NO', with args beginning with: \r\n"
            "$1\r\n3\r\n");
}

TEST_F(server_group_test, needs_no_more_than_a_byte_at_a_time) {
  wire& redis = connect(redis_port);
  redis.read_max = 1;

  EXPECT_EQ(ask(redis, "*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\nPING\r\n"), "$5\r\nhello\r\n+PONG\r\n");
}

TEST_F(server_group_test, goes_on_when_a_slow_client_has_read) {
  wire& redis = connect(redis_port);
  redis.unread_max = 10;
  std::string all = ask(redis, "ECHO 0123456789\r\nPING\r\n");
  EXPECT_EQ(all.size(), 10U);

  while (all.size() < 24)
    all += ask(redis, "");
  EXPECT_EQ(all, "$10\r\n0123456789\r\n+PONG\r\n");
}

TEST_F(server_group_test, stops_reading_from_a_client_that_does_not_read) {
  constexpr std::size_t count = 100;
  wire& redis = connect(redis_port);
  const std::string key(1000, 'k');
  const std::string value(100'000, 'v');
  ask(redis, "*3\r\n$3\r\nSET\r\n$1000\r\n" + key + "\r\n$100000\r\n" + value + "\r\n");
  redis.unread_max = 0;
  std::string gets;
  for (std::size_t at = 0; at < count; ++at)
    gets += "GET " + key + "\r\n";

  ask(redis, gets);
  EXPECT_GT(redis.to_server.size(), gets.size() / 2);

  redis.unread_max = 1U << 30;
  EXPECT_EQ(ask(redis, "").size(), count * (value.size() + 11));
}

TEST_F(server_group_test, answers_what_came_before_the_end_of_the_stream) {
  wire& redis = connect(redis_port);
  redis.finished = true;

  EXPECT_EQ(ask(redis, "PING\r\nPING\r\nPI"), "+PONG\r\n+PONG\r\n");
  EXPECT_FALSE(redis.open);
  EXPECT_EQ(group.connections(), 0U);
}

TEST_F(server_group_test, hangs_up_after_the_last_reply) {
  wire& redis = connect(redis_port);
  wire& memcache = connect(memcache_port);

  EXPECT_EQ(ask(redis, "PING\r\nQUIT\r\nPING\r\n"), "+PONG\r\n+OK\r\n");
  EXPECT_EQ(ask(memcache, "version\r\nquit\r\nversion\r\n"), "VERSION 1.6.18\r\n");
  EXPECT_FALSE(redis.open);
  EXPECT_FALSE(memcache.open);
}

TEST_F(server_group_test, forgets_a_client_that_was_reset) {
  wire& leaving = connect(redis_port);
  wire& staying = connect(redis_port);
  leaving.reset = true;

  EXPECT_EQ(ask(staying, "PING\r\n"), "+PONG\r\n");
  EXPECT_FALSE(leaving.open);
  EXPECT_EQ(group.connections(), 1U);
}

TEST_F(server_group_test, drops_events_for_connections_that_are_gone) {
  wire& leaving = connect(redis_port);
  const token name = leaving.name;
  ask(leaving, "QUIT\r\n");
  wire& next = connect(redis_port);
  next.to_server = "PING\r\n";

  group.on_ready(name, io::readiness::both, now);
  group.on_turn_end(now);
  EXPECT_EQ(next.to_client, "");
  EXPECT_EQ(ask(next, ""), "+PONG\r\n");
}

TEST_F(server_group_test, asks_for_a_password_where_there_is_one) {
  ASSERT_TRUE(open(4, std::make_unique<redis_server>(redis_server::options{
                          .clock = {}, .databases = 1, .password = "secret"})));
  wire& redis = connect(4);

  EXPECT_EQ(ask(redis, "GET a\r\n"), "-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(ask(redis, "AUTH wrong\r\n"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  EXPECT_EQ(ask(redis, "AUTH secret\r\nGET a\r\n"), "+OK\r\n$-1\r\n");
}

}  // namespace
}  // namespace dovetail::sim
