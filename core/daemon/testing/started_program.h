// The program itself, started with files and ports of its own.

#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <functional>
#include <random>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "daemon/testing/folder.h"

namespace dovetail {

class started_program : public testing::Test {
 protected:
  using tcp = boost::asio::ip::tcp;
  using milliseconds = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;

  static constexpr int still_running = -1;

  ~started_program() override {
    if (pid_ > 0 && exit_status(milliseconds(0)) == still_running) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  // A port that nobody listens at.
  // Nobody listens there, and no outgoing connection is given it: those take higher ones.
  std::uint16_t free_port() {
    std::random_device chance;
    for (;;) {
      const auto port = std::uniform_int_distribution<unsigned short>(12000, 31999)(chance);
      tcp::acceptor probe(context_, tcp::v4());
      boost::system::error_code taken;
      probe.bind(tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), port), taken);
      if (!taken) return port;
    }
  }

  std::string alpha_at(const std::string& listen) {
    return fmt::format(
        "alpha:\n  listen: {}\n  redis: true\n  timeout: 20000\n  servers:\n"
        "    - 127.0.0.1:{}:1 one\n",
        listen, free_port());
  }

  // Starts the program with `arguments`; what it prints is in files "out" and "err".
  void start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program_);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& each : arguments)
      argv.push_back(each.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int flags = O_WRONLY | O_CREAT | O_APPEND;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files_.file("out").c_str(), flags,
                                     0644);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files_.file("err").c_str(), flags,
                                     0644);
    const int failed =
        ::posix_spawn(&pid_, program_.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(failed, 0) << program_;
  }

  // Starts it with a configuration and waits until it serves.
  void serve(const std::string& config, std::vector<std::string> more = {}) {
    stats_port_ = free_port();
    std::vector<std::string> arguments = {"-c", files_.write("conf.yml", config), "-a", "127.0.0.1",
                                          "-s", std::to_string(stats_port_)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    start(arguments);
    ASSERT_TRUE(eventually([&] { return !stats().empty(); })) << printed();
  }

  // The exit status, once the program has ended; 128 + n if signal n ended it.
  int exit_status(milliseconds at_most = seconds(20)) {
    int status = 0;
    const bool ended =
        eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, at_most);
    if (!ended) return still_running;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int run(std::vector<std::string> arguments) {
    start(std::move(arguments));
    return exit_status();
  }

  // As run(), while the one that was started before goes on.
  int run_beside(std::vector<std::string> arguments) {
    const pid_t before = std::exchange(pid_, 0);
    const int status = run(std::move(arguments));
    pid_ = before;
    return status;
  }

  void signal(int number) { ::kill(pid_, number); }
  std::string printed() const { return files_.read("err"); }

  // The statistics, empty if nobody gives any.
  std::string stats() {
    boost::system::error_code failed;
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), stats_port_}, failed);
    if (failed) return {};
    std::string text;
    boost::asio::read(socket, boost::asio::dynamic_buffer(text), failed);
    return text;
  }

  tcp::socket connect(std::uint16_t port) {
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    return socket;
  }

  // Sends a request and returns the first line of its reply.
  template <class Socket>
  static std::string ask(Socket& socket, const std::string& request) {
    boost::system::error_code failed;
    boost::asio::write(socket, boost::asio::buffer(request), failed);
    std::string reply;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(reply), "\r\n", failed);
    return reply;
  }

  static bool eventually(const std::function<bool()>& holds, milliseconds at_most = seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!holds()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
  }

  const std::string program_ = DOVETAIL_BIN "/dovetail";
  const folder files_;
  boost::asio::io_context context_;
  std::uint16_t stats_port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace dovetail
