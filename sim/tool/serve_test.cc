// The program itself, on real sockets.

#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/testing/process.h"

namespace dovetail::sim {
namespace {

using testing::client;
using testing::process;

const std::string program = DOVETAIL_BIN "/dovetail-sim";

std::uint16_t last_number(const std::string& text) {
  std::uint16_t number = 0;
  const std::size_t at = text.find_last_not_of("0123456789", text.find_last_of("0123456789")) + 1;
  std::from_chars(text.data() + at, text.data() + text.size(), number);
  return number;
}

TEST(serve, runs_servers_until_it_is_told_to_end) {
  for (const int ending : {SIGINT, SIGTERM}) {
    process serving({program, "serve", "--redis", "0", "0", "--memcache", "0"});
    const std::string first = serving.read_line();
    const std::string second = serving.read_line();
    const std::string third = serving.read_line();
    EXPECT_TRUE(first.starts_with("redis listens on 127.0.0.1:")) << first;
    EXPECT_TRUE(second.starts_with("redis listens on 127.0.0.1:")) << second;
    EXPECT_TRUE(third.starts_with("memcache listens on 127.0.0.1:")) << third;

    const client redis(last_number(first));
    redis.send("SET a 1\r\nGET a\r\n");
    EXPECT_EQ(redis.receive_until("1\r\n"), "+OK\r\n$1\r\n1\r\n");
    const client memcache(last_number(third));
    memcache.send("get a\r\n");
    EXPECT_EQ(memcache.receive_until("END\r\n"), "END\r\n");

    serving.signal(ending);
    EXPECT_EQ(serving.wait(), 0);
  }
}

TEST(serve, prints_its_ports_as_json) {
  process serving({program, "serve", "--json", "--redis", "0"});

  const std::string line = serving.read_line();
  const std::string port = std::to_string(last_number(line));
  EXPECT_EQ(line, R"({"redis":[)" + port + R"(],"memcache":[]})");
}

TEST(serve, says_which_port_is_taken) {
  process first({program, "serve", "--redis", "0"});
  const std::string port = std::to_string(last_number(first.read_line()));
  process second({program, "serve", "--memcache", port});

  EXPECT_EQ(second.read_line(),
            "dovetail-sim: cannot listen on 127.0.0.1:" + port + ": Address already in use");
  EXPECT_EQ(second.wait(), 1);
}

TEST(serve, refuses_a_command_line_that_it_does_not_understand) {
  EXPECT_EQ(process({program}).wait(), 1);
  EXPECT_EQ(process({program, "sing"}).wait(), 1);
  EXPECT_EQ(process({program, "serve"}).wait(), 1);
  EXPECT_EQ(process({program, "serve", "--redis", "70000"}).wait(), 1);
  EXPECT_EQ(process({program, "serve", "--redis", "x"}).wait(), 1);
  EXPECT_EQ(process({program, "--help"}).wait(), 0);

  process wrong({program, "sing"});
  EXPECT_NE(wrong.read_line().find("sing"), std::string::npos);
}

}  // namespace
}  // namespace dovetail::sim
