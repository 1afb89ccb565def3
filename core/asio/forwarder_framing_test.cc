#include "asio/forwarder_framing.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// The messages that a stream is cut into when it comes in pieces of that many bytes.
template <class Framer>
std::vector<std::string> messages(std::string_view stream, std::size_t piece_bytes) {
  Framer framer;
  std::vector<std::string> all(1);
  while (!stream.empty()) {
    const std::size_t took = framer.take(stream.substr(0, piece_bytes));
    all.back() += stream.substr(0, took);
    if (framer.complete()) all.emplace_back();
    stream.remove_prefix(took);
  }
  all.pop_back();
  return all;
}

template <class Framer>
void expect_messages(const std::vector<std::string>& expected) {
  std::string stream;
  for (const std::string& each : expected)
    stream += each;
  for (std::size_t bytes = 1; bytes <= stream.size(); ++bytes)
    EXPECT_EQ(messages<Framer>(stream, bytes), expected) << "in pieces of " << bytes;
}

TEST(forwarder_framing, finds_the_end_of_redis_requests) {
  expect_messages<framer<&redis_framing::request>>(
      {"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\r\n\r\n",
       "*1\r\n$4\r\nPING\r\n"});
}

TEST(forwarder_framing, finds_the_end_of_redis_replies) {
  expect_messages<framer<&redis_framing::reply>>({"$3\r\nabc\r\n", "$-1\r\n", "+OK\r\n", ":12\r\n",
                                                  "*2\r\n$1\r\na\r\n$-1\r\n", "*0\r\n", "*-1\r\n",
                                                  "$0\r\n\r\n", "-ERR no\r\n"});
}

TEST(forwarder_framing, finds_the_end_of_memcached_requests) {
  expect_messages<framer<&memcache_framing::request>>(
      {"get k\r\n", "set k 0 0 4\r\n\r\n\r\n\r\n", "get k1 k2\r\n", "set k 7 0 0\r\n\r\n"});
}

TEST(forwarder_framing, finds_the_end_of_memcached_replies) {
  expect_messages<framer<&memcache_framing::reply>>(
      {"END\r\n", "VALUE k 0 5\r\nEND\r\n\r\nEND\r\n", "STORED\r\n",
       "VALUE a 0 1\r\n1\r\nVALUE b 7 2 9\r\n22\r\nEND\r\n", "SERVER_ERROR no\r\n"});
}

}  // namespace
}  // namespace dovetail
