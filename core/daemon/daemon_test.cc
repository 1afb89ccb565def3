// The life of the program: start, signals, end.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/testing/started_program.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class daemon_test : public started_program {};

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

TEST_F(daemon_test, answers_who_had_connected_before_it_was_told_to_end) {
  const std::uint16_t port = free_port();
  serve(alpha_at(fmt::format("127.0.0.1:{}", port)), {"--workers", "2"});
  signal(SIGSTOP);
  int status = 0;
  ASSERT_EQ(::waitpid(pid_, &status, WUNTRACED), pid_);
  ASSERT_TRUE(WIFSTOPPED(status));
  std::vector<tcp::socket> clients;
  for (int each = 0; each < 300; ++each) {
    clients.push_back(connect(port));
    boost::asio::write(clients.back(), boost::asio::buffer(std::string("PING\r\n")));
  }
  signal(SIGTERM);
  signal(SIGCONT);

  for (tcp::socket& each : clients) {
    std::string told;
    boost::system::error_code ended;
    boost::asio::read(each, boost::asio::dynamic_buffer(told), ended);
    EXPECT_EQ(told, "+PONG\r\n");
    EXPECT_EQ(ended, boost::asio::error::eof);
    each.close();
  }
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
