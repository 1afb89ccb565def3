#include "protocol/memcache/real_memcached.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace dovetail::memcache::test {
namespace {

int connect_to(const std::string& path) {
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return made;
  }
  ::close(made);
  return -1;
}

}  // namespace

real_memcached::real_memcached() {
  std::string pattern = (std::filesystem::temp_directory_path() / "memcached-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return;
  directory_ = pattern;
  path_ = directory_ + "/socket";
  std::vector<std::string> words = {"memcached", "-s", path_, "-U", "0", "-t", "1", "-m", "16"};
  if (::geteuid() == 0) words.insert(words.end(), {"-u", "root"});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (::posix_spawnp(&process_, "memcached", nullptr, nullptr, arguments.data(), environ) != 0) {
    process_ = -1;
    return;
  }
  for (int tries = 0; tries < 500; ++tries) {
    if (const int probe = connect_to(path_); probe >= 0) {
      ::close(probe);
      return;
    }
    ::poll(nullptr, 0, 10);
  }
}

real_memcached::~real_memcached() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

real_connection::real_connection(const real_memcached& to) : socket_(connect_to(to.path())) {
  const timeval two_seconds{.tv_sec = 2, .tv_usec = 0};
  if (is_open()) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &two_seconds, sizeof(two_seconds));
  }
}

real_connection::~real_connection() {
  if (is_open()) ::close(socket_);
}

void real_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string real_connection::receive() {
  std::array<char, 65536> buffer{};
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  return size <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string real_connection::receive_all() {
  ::shutdown(socket_, SHUT_WR);
  std::string all;
  for (std::string more = receive(); !more.empty(); more = receive())
    all += more;
  return all;
}

TEST(real_memcached, answers) {
  const real_memcached server;
  real_connection connection(server);
  ASSERT_TRUE(connection.is_open()) << "is memcached installed?";
  connection.send("version\r\n");
  EXPECT_EQ(connection.receive_all().substr(0, 8), "VERSION ");
}

}  // namespace dovetail::memcache::test
