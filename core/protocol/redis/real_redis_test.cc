#include "protocol/redis/real_redis.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "protocol/redis/response_parser.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof(at);
  EXPECT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&at), size), 0);
  EXPECT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&at), &size), 0);
  ::close(probe);
  return ntohs(at.sin_port);
}

int try_connect(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in at = loopback(port);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) == 0) return made;
  ::close(made);
  return -1;
}

pid_t start(std::uint16_t port, const std::vector<std::string>& options) {
  std::vector<std::string> words = {
      "redis-server", "--bind", "127.0.0.1", "--port",   std::to_string(port), "--save", "",
      "--dir",        "/tmp",   "--logfile", "/dev/null"};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t process = ::fork();
  if (process == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return process;
}

// Whether the server accepts connections before it ends or ten seconds have passed.
bool comes_up(pid_t process, std::uint16_t port) {
  for (int tries = 0; tries < 1000; ++tries) {
    const int made = try_connect(port);
    if (made >= 0) {
      ::close(made);
      return ::waitpid(process, nullptr, WNOHANG) == 0;
    }
    if (::waitpid(process, nullptr, WNOHANG) != 0) return false;
    ::usleep(10'000);
  }
  return false;
}

}  // namespace

redis_connection::redis_connection(std::uint16_t port) : socket_(try_connect(port)) {
  EXPECT_GE(socket_, 0);
}

redis_connection::~redis_connection() {
  ::close(socket_);
}

void redis_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server closed; what it said is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string redis_connection::receive() {
  block_pool pool;
  inbox in(pool);
  response_parser parser(message_limits{});
  std::string reply;
  for (;;) {
    std::array<char, 65536> room{};
    const ssize_t came = ::recv(socket_, room.data(), room.size(), 0);
    if (came <= 0) {
      ADD_FAILURE() << "the server closed after " << reply;
      return reply;
    }
    const std::string_view bytes(room.data(), static_cast<std::size_t>(came));
    reply += bytes;
    response found;
    parse_status status = parse_status::incomplete;
    deliver(in, bytes, [&] {
      if (status == parse_status::incomplete) status = parser.parse(in, found);
    });
    if (status == parse_status::incomplete) continue;
    EXPECT_EQ(status, parse_status::complete) << reply;
    EXPECT_EQ(found.size, reply.size()) << reply;
    return reply;
  }
}

std::string redis_connection::receive_until_quiet(int quiet_ms, bool& closed) {
  std::string all;
  closed = false;
  for (;;) {
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, quiet_ms) <= 0) return all;
    std::array<char, 65536> room{};
    const ssize_t came = ::recv(socket_, room.data(), room.size(), 0);
    if (came <= 0) {
      closed = true;
      return all;
    }
    all.append(room.data(), static_cast<std::size_t>(came));
  }
}

real_redis::real_redis(const std::vector<std::string>& options) {
  for (int tries = 0; tries < 5; ++tries) {
    port_ = free_port();
    process_ = start(port_, options);
    if (comes_up(process_, port_)) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ADD_FAILURE() << "redis-server does not start: is it installed?";
  std::abort();
}

real_redis::~real_redis() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::int64_t reply_value::number() const {
  return std::strtoll(text.c_str(), nullptr, 10);
}

namespace {

reply_value decode_front(std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n");
  reply_value value{
      .type = bytes.front(), .text = std::string(bytes.substr(1, end - 1)), .elements = {}};
  bytes.remove_prefix(end + 2);
  if (value.type != '$' && value.type != '*') return value;
  const std::int64_t size = value.number();
  value.text.clear();
  if (value.type == '*') {
    for (std::int64_t at = 0; at < size; ++at)
      value.elements.push_back(decode_front(bytes));
  } else if (size >= 0) {
    value.text = bytes.substr(0, static_cast<std::size_t>(size));
    bytes.remove_prefix(static_cast<std::size_t>(size) + 2);
  }
  return value;
}

}  // namespace

reply_value decode(std::string_view reply) {
  return decode_front(reply);
}

TEST(real_redis, answers_a_ping) {
  const real_redis server;
  redis_connection to(server.port());

  EXPECT_EQ(to.ask("*1\r\n$4\r\nPING\r\n"), "+PONG\r\n");
}

}  // namespace dovetail::redis
