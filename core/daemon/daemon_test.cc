// The program itself, started with files and ports of its own.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "daemon/testing/folder.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int still_running = -1;

class daemon_test : public testing::Test {
 protected:
  ~daemon_test() override {
    if (pid_ > 0 && exit_status(milliseconds(0)) == still_running) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  // A port that nobody listens at.
  std::uint16_t free_port() {
    tcp::acceptor probe(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    return probe.local_endpoint().port();
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

TEST_F(daemon_test, prints_version_help_and_statistics_to_stderr) {
  EXPECT_EQ(run({"-V"}), 0);
  EXPECT_THAT(printed(), StartsWith("This is dovetail-"));
  EXPECT_EQ(run({"--help", "-t"}), 0);
  EXPECT_THAT(printed(), HasSubstr("--conf-file"));
  EXPECT_EQ(run({"-D"}), 0);
  EXPECT_THAT(printed(), HasSubstr("  requests            \"# requests\"\n"));
  EXPECT_EQ(files_.read("out"), "");
}

TEST_F(daemon_test, ends_with_1_and_its_usage_on_a_wrong_option) {
  EXPECT_EQ(run({"-v", "loud"}), 1);
  EXPECT_THAT(printed(), AllOf(StartsWith("dovetail: option -v requires a number\n"),
                               HasSubstr("--conf-file")));
}

TEST_F(daemon_test, tells_a_sound_configuration_from_one_with_errors) {
  const std::string sound = files_.write("sound.yml", alpha_at("127.0.0.1:22121"));
  EXPECT_EQ(run({"-t", "-c", sound}), 0);
  EXPECT_EQ(printed(), "dovetail: configuration file '" + sound + "' syntax is ok\n");
}

TEST_F(daemon_test, warns_of_a_pool_without_a_timeout) {
  const std::string file = files_.write(
      "conf.yml", "alpha:\n  listen: 127.0.0.1:22121\n  servers:\n    - 127.0.0.1:1:1\n");
  EXPECT_EQ(run({"-t", "-c", file}), 0);
  EXPECT_THAT(printed(),
              StartsWith("warning: " + file + ":1:1: pool \"alpha\": key \"timeout\": "));
}

TEST_F(daemon_test, prints_every_error_of_a_configuration_with_its_place) {
  const std::string broken =
      files_.write("broken.yml", "alpha:\n  listen: 127.0.0.1:0\n  hash: md6\n");
  EXPECT_EQ(run({"-t", "-c", broken}), 1);
  EXPECT_THAT(printed(),
              AllOf(HasSubstr(broken + ":1:1: pool \"alpha\": key \"servers\": the pool has no "),
                    HasSubstr(broken + ":2:11: pool \"alpha\": key \"listen\": port \"0\" is not"),
                    HasSubstr(broken + ":3:9: pool \"alpha\": key \"hash\": \"md6\" is not a hash"),
                    HasSubstr("dovetail: configuration file '" + broken + "' syntax is invalid")));
}

TEST_F(daemon_test, explains_where_a_key_lives) {
  const std::string file = files_.write("conf.yml", alpha_at("127.0.0.1:22121"));
  EXPECT_EQ(run({"explain", "-c", file, "alpha", "key"}), 0);
  EXPECT_THAT(files_.read("out"), HasSubstr("server: \"one\" at 127.0.0.1:"));
  EXPECT_EQ(run({"explain", "-c", file, "--json", "alpha", "key"}), 0);
  EXPECT_THAT(files_.read("out"), HasSubstr("\"server\":{\"index\":0,\"name\":\"one\""));
  EXPECT_EQ(run({"explain", "-c", file, "beta", "key"}), 1);
  EXPECT_EQ(run({"explain", "-c", file, "alpha"}), 1);
  EXPECT_THAT(printed(), HasSubstr("dovetail: there is no pool \"beta\" in " + file +
                                   ", which has: \"alpha\"\n"));
}

TEST_F(daemon_test, says_which_keys_another_configuration_would_move) {
  const std::string before = files_.write("old.yml", alpha_at("127.0.0.1:22121"));
  const std::string after =
      files_.write("new.yml", files_.read("old.yml") + "    - 127.0.0.1:9:1 two\n");
  EXPECT_EQ(run({"-t", "-c", after, "--diff", before}), 0);
  EXPECT_THAT(files_.read("out"),
              testing::MatchesRegex("pool \"alpha\": [45][0-9]\\.[0-9]{3}% of 100000 sample keys "
                                    "move; added \"two\" at 127\\.0\\.0\\.1:9\n"));
  EXPECT_EQ(run({"-t", "-c", after, "--diff", files_.file("none.yml")}), 1);
}

TEST_F(daemon_test, resolves_the_listeners_of_a_configuration_that_it_tests) {
  const std::string file = files_.write("host.yml", alpha_at("no.such.host.invalid:22121"));
  EXPECT_EQ(run({"-t", "-c", file}), 1);
  EXPECT_THAT(printed(), HasSubstr(file + ":2:11: pool \"alpha\": key \"listen\": "
                                          "\"no.such.host.invalid\" cannot be resolved: "));
}

TEST_F(daemon_test, tests_no_file_that_is_not_there) {
  EXPECT_EQ(run({"-t", "-c", files_.file("none.yml")}), 1);
  EXPECT_THAT(printed(), HasSubstr("none.yml: cannot be read: No such file or directory\n"));
}

TEST_F(daemon_test, does_not_start_with_a_wrong_configuration) {
  const std::string broken = files_.write("broken.yml", "alpha:\n  listen: 22121\n");
  EXPECT_EQ(run({"-c", broken, "-o", files_.file("log")}), 1);
  EXPECT_THAT(printed(), HasSubstr(broken + ":2:11: pool \"alpha\": key \"listen\": is neither"));
  EXPECT_THAT(files_.read("log"), HasSubstr(":2:11: pool \"alpha\": key \"listen\": is neither"));
}

TEST_F(daemon_test, serves_and_shows_it_in_the_statistics_at_once) {
  const std::uint16_t port = free_port();
  serve(alpha_at(fmt::format("127.0.0.1:{}", port)));
  EXPECT_THAT(stats(), AllOf(StartsWith(R"({"service":"nutcracker", "source":")"),
                             HasSubstr(R"("alpha": {"client_eof":0, "client_err":0, )"
                                       R"("client_connections":0, )"),
                             HasSubstr(R"("one": {"server_eof":0, )"), testing::EndsWith("}}}\n")));

  auto client = connect(port);
  EXPECT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
  EXPECT_THAT(stats(), HasSubstr(R"("client_connections":1, )"));
}

TEST_F(daemon_test, ends_with_0_on_sigterm_and_removes_its_files) {
  serve(alpha_at(files_.file("socket")), {"-p", files_.file("pid")});
  EXPECT_EQ(files_.read("pid"), std::to_string(pid_));
  signal(SIGTERM);

  EXPECT_EQ(exit_status(seconds(10)), 0) << printed();
  EXPECT_FALSE(std::filesystem::exists(files_.file("pid")));
  EXPECT_FALSE(std::filesystem::exists(files_.file("socket")));
}

TEST_F(daemon_test, closes_idle_clients_in_order_when_it_ends) {
  const std::uint16_t port = free_port();
  serve(alpha_at(fmt::format("127.0.0.1:{}", port)));
  auto client = connect(port);
  ASSERT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
  signal(SIGINT);

  char byte = 0;
  boost::system::error_code ended;
  boost::asio::read(client, boost::asio::buffer(&byte, 1), ended);
  EXPECT_EQ(ended, boost::asio::error::eof);
  EXPECT_EQ(exit_status(seconds(10)), 0) << printed();
}

TEST_F(daemon_test, ends_at_once_on_a_second_signal) {
  const std::uint16_t port = free_port();
  tcp::acceptor silent(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  serve(
      fmt::format("alpha:\n  listen: 127.0.0.1:{}\n  redis: true\n  servers:\n"
                  "    - 127.0.0.1:{}:1 one\n",
                  port, silent.local_endpoint().port()));
  auto client = connect(port);
  boost::asio::write(client, boost::asio::buffer(std::string("GET key\r\n")));
  tcp::socket server = silent.accept();
  std::string request;
  boost::asio::read_until(server, boost::asio::dynamic_buffer(request), "key");
  signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return printed().find("draining") != std::string::npos; }));
  signal(SIGTERM);

  EXPECT_EQ(exit_status(seconds(3)), 1) << printed();
}

TEST_F(daemon_test, gives_its_unix_socket_the_mode_it_was_told) {
  serve(alpha_at(files_.file("socket") + " 0620"));
  struct stat found = {};
  ASSERT_EQ(::stat(files_.file("socket").c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777U, 0620U);

  boost::asio::local::stream_protocol::socket client(context_);
  client.connect({files_.file("socket")});
  EXPECT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
}

TEST_F(daemon_test, names_every_pool_that_cannot_listen) {
  tcp::acceptor first(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  tcp::acceptor second(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  const auto pool = [](const char* name, std::uint16_t port) {
    return fmt::format("{}:\n  listen: 127.0.0.1:{}\n  servers:\n    - 127.0.0.1:1:1\n", name,
                       port);
  };
  const std::string config =
      files_.write("conf.yml", pool("a", first.local_endpoint().port()) +
                                   pool("b", second.local_endpoint().port()));

  EXPECT_EQ(run({"-c", config, "-a", "127.0.0.1", "-s", std::to_string(free_port()), "-p",
                 files_.file("pid")}),
            1);
  EXPECT_THAT(printed(),
              AllOf(HasSubstr("\"a\""), HasSubstr("\"b\""), HasSubstr("Address already in use")));
  EXPECT_FALSE(std::filesystem::exists(files_.file("pid")));
}

TEST_F(daemon_test, does_not_start_without_its_pid_file_or_log) {
  const std::string config =
      files_.write("conf.yml", alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  const std::string port = std::to_string(free_port());
  EXPECT_EQ(run({"-c", config, "-a", "127.0.0.1", "-s", port, "-p", "/nonexistent/pid"}), 1);
  EXPECT_THAT(printed(), HasSubstr("writing pid file '/nonexistent/pid' failed"));
  EXPECT_THAT(printed(), testing::Not(HasSubstr("started")));
  EXPECT_EQ(run({"-c", config, "-a", "127.0.0.1", "-s", port, "-o", "/nonexistent/log"}), 1);
  EXPECT_THAT(printed(), HasSubstr("opening log file '/nonexistent/log' failed"));
}

TEST_F(daemon_test, leaves_the_pid_file_to_the_process_that_holds_it) {
  serve(alpha_at(fmt::format("127.0.0.1:{}", free_port())), {"-p", files_.file("pid")});
  const std::string other =
      files_.write("other.yml", alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  EXPECT_EQ(run_beside({"-c", other, "-a", "127.0.0.1", "-s", std::to_string(free_port()), "-p",
                        files_.file("pid")}),
            1);
  EXPECT_THAT(printed(),
              HasSubstr(fmt::format("' is held by process {}, which is running\n", pid_)));
  EXPECT_EQ(files_.read("pid"), std::to_string(pid_));
}

TEST_F(daemon_test, replaces_the_pid_file_of_a_process_that_died) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve(config, {"-p", files_.file("pid")});
  signal(SIGKILL);
  ASSERT_EQ(exit_status(), 128 + SIGKILL);
  EXPECT_NE(files_.read("pid"), "");
  serve(config, {"-p", files_.file("pid")});
  EXPECT_EQ(files_.read("pid"), std::to_string(pid_));
}

TEST_F(daemon_test, tells_no_process_to_reload_that_does_not_hold_the_pid_file) {
  const std::string file = files_.write("conf.yml", alpha_at("127.0.0.1:22121"));
  const auto refused = [&] { return run({"--reload", "-c", file, "-p", files_.file("pid")}) == 1; };
  EXPECT_TRUE(refused());
  EXPECT_THAT(printed(), HasSubstr("' cannot be read: No such file or directory\n"));
  files_.write("pid", "garbage");
  EXPECT_TRUE(refused());
  EXPECT_THAT(printed(), HasSubstr("' names no process\n"));
  // It would be ended by the signal.
  files_.write("pid", std::to_string(::getpid()));
  EXPECT_TRUE(refused());
  EXPECT_THAT(printed(), HasSubstr(", but nobody holds it: that process has ended\n"));
}

TEST_F(daemon_test, becomes_another_user_before_it_serves) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may become somebody else";
  serve(alpha_at(fmt::format("127.0.0.1:{}", free_port())), {"--user", "nobody"});

  struct stat process = {};
  ASSERT_EQ(::stat(fmt::format("/proc/{}", pid_).c_str(), &process), 0);
  EXPECT_NE(process.st_uid, 0U);
}

TEST_F(daemon_test, does_not_serve_as_a_user_that_there_is_not) {
  const std::string config =
      files_.write("conf.yml", alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  EXPECT_EQ(run({"-c", config, "-a", "127.0.0.1", "-s", std::to_string(free_port()), "--user",
                 "no such user"}),
            1);
  EXPECT_THAT(printed(), HasSubstr("cannot become user 'no such user': there is no such user"));
  EXPECT_THAT(printed(), testing::Not(HasSubstr("started")));
}

TEST_F(daemon_test, says_loudly_that_everybody_may_read_its_statistics) {
  stats_port_ = free_port();
  const std::string config =
      files_.write("conf.yml", alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  start({"-c", config, "-v", "1", "-s", std::to_string(stats_port_)});
  ASSERT_TRUE(eventually([&] { return !stats().empty(); })) << printed();
  EXPECT_THAT(printed(), HasSubstr("can be read by everybody who reaches this machine"));
}

TEST_F(daemon_test, tells_the_service_manager_when_it_serves_and_when_it_ends) {
  boost::asio::local::datagram_protocol::socket manager(context_, {files_.file("notify")});
  ::setenv("NOTIFY_SOCKET", files_.file("notify").c_str(), 1);
  serve(alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  ::unsetenv("NOTIFY_SOCKET");
  const auto told = [&] {
    std::string text(512, '\0');
    text.resize(manager.receive(boost::asio::buffer(text)));
    return text;
  };
  EXPECT_EQ(told(), fmt::format("READY=1\nMAINPID={}", pid_));
  signal(SIGHUP);
  EXPECT_THAT(told(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_THAT(told(), StartsWith("READY=1\n"));
  signal(SIGTERM);
  EXPECT_EQ(told(), "STOPPING=1");
  EXPECT_EQ(exit_status(seconds(10)), 0) << printed();
}

TEST_F(daemon_test, follows_the_signals_for_its_log) {
  serve(alpha_at(fmt::format("127.0.0.1:{}", free_port())), {"-o", files_.file("log")});
  const auto logged = [&](const char* text) {
    return eventually([&] { return files_.read("log").find(text) != std::string::npos; });
  };
  signal(SIGTTIN);
  EXPECT_TRUE(logged("up log level to 6"));
  signal(SIGTTOU);
  EXPECT_TRUE(logged("down log level to 5"));
  signal(SIGUSR1);
  EXPECT_TRUE(logged("SIGUSR1 received, reading "));
  EXPECT_TRUE(logged("the configuration is in force"));
  std::filesystem::rename(files_.file("log"), files_.file("log.1"));
  signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(files_.file("log")); }));
  EXPECT_THAT(files_.read("log.1"), HasSubstr("SIGHUP received, reopening log file"));
}

TEST_F(daemon_test, serves_with_several_workers_at_one_port) {
  const std::uint16_t port = free_port();
  serve(alpha_at(fmt::format("127.0.0.1:{}", port)), {"--workers", "3"});
  std::vector<tcp::socket> clients;
  for (int each = 0; each < 30; ++each) {
    clients.push_back(connect(port));
    EXPECT_EQ(ask(clients.back(), "PING\r\n"), "+PONG\r\n");
  }
  EXPECT_THAT(stats(), HasSubstr(R"("client_connections":30, )"));
  signal(SIGTERM);
  EXPECT_EQ(exit_status(seconds(10)), 0) << printed();
}

TEST_F(daemon_test, shares_its_port_with_no_other_process) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve(config, {"--workers", "2"});
  const std::string same = files_.write("same.yml", config);
  EXPECT_EQ(run_beside({"-c", same, "-a", "127.0.0.1", "-s", std::to_string(free_port()),
                        "--workers", "2"}),
            1);
  EXPECT_THAT(printed(), HasSubstr("Address already in use"));
}

TEST_F(daemon_test, shares_its_unix_socket_with_no_other_process) {
  const std::string config = alpha_at(files_.file("socket"));
  serve(config, {"--workers", "2"});
  tcp::acceptor taken(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  const std::string also_another = files_.write(
      "more.yml",
      config + fmt::format("beta:\n  listen: 127.0.0.1:{}\n  servers:\n    - 127.0.0.1:1:1\n",
                           taken.local_endpoint().port()));
  for (const std::string& file : {files_.write("same.yml", config), also_another}) {
    EXPECT_EQ(run_beside({"-c", file, "-a", "127.0.0.1", "-s", std::to_string(free_port())}), 1);
    EXPECT_THAT(printed(), HasSubstr("socket: Address already in use"));
    boost::asio::local::stream_protocol::socket client(context_);
    client.connect({files_.file("socket")});
    EXPECT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
  }
}

TEST_F(daemon_test, replaces_the_unix_socket_of_a_process_that_died) {
  const std::string config = alpha_at(files_.file("socket"));
  serve(config);
  signal(SIGKILL);
  ASSERT_EQ(exit_status(), 128 + SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(files_.file("socket")));
  serve(config);
  boost::asio::local::stream_protocol::socket client(context_);
  client.connect({files_.file("socket")});
  EXPECT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
}

TEST_F(daemon_test, moves_to_another_unix_socket_and_back_with_all_workers) {
  using unix_stream = boost::asio::local::stream_protocol;
  serve(alpha_at(files_.file("one")), {"--workers", "3"});
  for (const std::string name : {"two", "one", "two"}) {
    files_.write("conf.yml", alpha_at(files_.file(name)));
    signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(files_.file(name)); }));
    ASSERT_TRUE(eventually(
        [&] { return !std::filesystem::exists(files_.file(name == "one" ? "two" : "one")); }));
    for (int each = 0; each < 9; ++each) {
      unix_stream::socket client(context_);
      client.connect(unix_stream::endpoint(files_.file(name)));
      EXPECT_EQ(ask(client, "PING\r\n"), "+PONG\r\n");
    }
  }
}

TEST_F(daemon_test, serves_with_several_workers_at_one_unix_socket) {
  serve(alpha_at(files_.file("socket")), {"--workers", "3"});
  using unix_stream = boost::asio::local::stream_protocol;
  std::vector<unix_stream::socket> clients;
  for (int each = 0; each < 30; ++each) {
    clients.emplace_back(context_).connect(unix_stream::endpoint(files_.file("socket")));
    EXPECT_EQ(ask(clients.back(), "PING\r\n"), "+PONG\r\n");
  }
  EXPECT_THAT(stats(), HasSubstr(R"("client_connections":30, )"));
  signal(SIGTERM);
  EXPECT_EQ(exit_status(seconds(10)), 0) << printed();
  EXPECT_FALSE(std::filesystem::exists(files_.file("socket")));
}

TEST_F(daemon_test, goes_into_the_background_when_it_serves) {
  stats_port_ = free_port();
  const std::string config =
      files_.write("conf.yml", alpha_at(fmt::format("127.0.0.1:{}", free_port())));
  EXPECT_EQ(run({"-d", "-c", config, "-a", "127.0.0.1", "-s", std::to_string(stats_port_), "-p",
                 files_.file("pid"), "-o", files_.file("log")}),
            0)
      << printed();
  const pid_t daemon = std::stoi(files_.read("pid"));
  EXPECT_THAT(stats(), StartsWith(R"({"service":"nutcracker")"));
  EXPECT_EQ(::getsid(daemon) == ::getsid(0), false);

  EXPECT_EQ(::kill(daemon, SIGTERM), 0);
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(files_.file("pid")); }));
}

TEST_F(daemon_test, fails_in_the_foreground_when_the_background_cannot_start) {
  tcp::acceptor taken(context_, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
  const std::string config = files_.write(
      "conf.yml", alpha_at(fmt::format("127.0.0.1:{}", taken.local_endpoint().port())));
  EXPECT_EQ(run({"-d", "-c", config, "-a", "127.0.0.1", "-s", std::to_string(free_port())}), 1);
  EXPECT_THAT(printed(), HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace dovetail
