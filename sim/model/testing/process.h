// Programs that a test starts, and plain blocking sockets to talk to them.

#pragma once

#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/check.h"

namespace dovetail::sim::testing {

// A child process; its standard output is read through a pipe. Killed when destroyed.
class process {
 public:
  explicit process(std::vector<std::string> words) {
    int ends[2];
    DOVETAIL_CHECK(pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    DOVETAIL_CHECK(posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
  }
  ~process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(output_);
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  void signal(int which) const { kill(pid_, which); }

  // Its exit code once it has ended, or 128 and the signal that ended it.
  int wait() {
    int status = 0;
    waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  bool ended() {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
  }

  // The next line of its output, without the line end; what there was at its end.
  std::string read_line() const {
    std::string line;
    char c = 0;
    while (read(output_, &c, 1) == 1 && c != '\n')
      line += c;
    return line;
  }

 private:
  pid_t pid_ = 0;
  int output_ = -1;
};

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

// A port that was free a moment ago.
inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  DOVETAIL_CHECK(bind(socket, reinterpret_cast<sockaddr*>(&at), size) == 0);
  DOVETAIL_CHECK(getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  close(socket);
  return ntohs(at.sin_port);
}

// A blocking connection to a port of this host, with a time limit on each read.
class client {
 public:
  explicit client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const sockaddr_in at = loopback(port);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  }
  ~client() { close(socket_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  bool connected() const { return connected_; }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Everything up to and with `end`, or up to the end of the stream.
  std::string receive_until(std::string_view end) const {
    std::string all;
    char some[4096];
    while (!all.ends_with(end)) {
      const auto size = recv(socket_, some, sizeof some, 0);
      if (size <= 0) break;
      all.append(some, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

}  // namespace dovetail::sim::testing
