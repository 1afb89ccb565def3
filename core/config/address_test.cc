#include "config/address.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "base/endpoint.h"

namespace dovetail {
namespace {

endpoint tcp(std::string host, std::uint16_t port) {
  return {.host = std::move(host), .port = port, .path = {}};
}

endpoint unix_socket(std::string path) {
  return {.host = {}, .port = 0, .path = std::move(path)};
}

// What the server's line says, or its error.
std::string name_of_server(std::string_view line) {
  const auto server = parse_server(line);
  return server ? server->name : "error: " + server.error();
}

TEST(address, reads_both_spellings_of_ipv6) {
  EXPECT_EQ(parse_listen("::1:22121")->at, tcp("::1", 22121));
  EXPECT_EQ(parse_listen("[::1]:22121")->at, tcp("::1", 22121));
  EXPECT_EQ(parse_server("fe80::1%eth0:6379:1")->address, tcp("fe80::1%eth0", 6379));
  EXPECT_EQ(parse_server("[2001:db8::7]:6379:1")->address, tcp("2001:db8::7", 6379));
}

TEST(address, reads_the_mode_of_a_unix_listener_in_octal) {
  EXPECT_EQ(*parse_listen("/a"), (listen_address{unix_socket("/a"), 0}));
  EXPECT_EQ(*parse_listen("/a 0660"), (listen_address{unix_socket("/a"), 0660}));
  EXPECT_EQ(*parse_listen("/a 777"), (listen_address{unix_socket("/a"), 0777}));
  EXPECT_EQ(*parse_listen("/a b 0"), (listen_address{unix_socket("/a b"), 0}));
  EXPECT_FALSE(parse_listen("/a 0778").has_value());
  EXPECT_FALSE(parse_listen("/a abc").has_value());
}

TEST(address, names_servers_as_twemproxy_does) {
  EXPECT_EQ(name_of_server("10.0.0.1:6379:1 shard one"),
            "error: weight \"1 shard\" is not a "
            "number from 1 to 2147483647");
  EXPECT_EQ(name_of_server("10.0.0.1:6379:1 one"), "one");
  EXPECT_EQ(name_of_server("10.0.0.1:6379:1 "), "");
  EXPECT_EQ(name_of_server("10.0.0.1:6379:5"), "10.0.0.1:6379");
  EXPECT_EQ(name_of_server("10.0.0.1:11211:1"), "10.0.0.1");
  EXPECT_EQ(name_of_server("10.0.0.1:011211:1"), "10.0.0.1");
  EXPECT_EQ(name_of_server("10.0.0.1:06379:1"), "10.0.0.1:06379");
  EXPECT_EQ(name_of_server("/tmp/redis.sock:1"), "/tmp/redis.sock:");
  EXPECT_EQ(name_of_server("/tmp/redis.sock:1 r"), "r");
}

TEST(address, names_a_server_alike_in_both_spellings_of_ipv6) {
  EXPECT_EQ(name_of_server("::1:6379:1"), "::1:6379");
  EXPECT_EQ(name_of_server("[::1]:6379:1"), "::1:6379");
  EXPECT_EQ(name_of_server("[::1]:11211:1"), "::1");
}

TEST(address, writes_lines_that_read_back) {
  for (const char* line :
       {"h:1:1", "h:01:1", "h:11211:3", "h:11211:3 n", "h:1:1 ", "::1:6379:1", "[::1]:6379:1 n",
        "/a:1", "/a:1 n", "/a b:1 n", "/a b:1 /a b:", "/a b:1 /a"}) {
    const auto server = parse_server(line);
    if (!server) continue;
    EXPECT_EQ(parse_server(server_line(*server)), *server) << line;
  }
  for (const char* line : {"h:1", "::1:1", "[::1]:1", "/a", "/a 0600", "/a b 0", "/a b 0777"}) {
    const auto listen = parse_listen(line);
    ASSERT_TRUE(listen.has_value()) << line;
    EXPECT_EQ(parse_listen(listen_line(listen->at, listen->permissions)), *listen) << line;
  }
}

}  // namespace
}  // namespace dovetail
