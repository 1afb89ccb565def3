// Several workers of one program, and several programs: whose ports, sockets and pid file they are.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/started_program.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

class instances_test : public started_program {};

TEST_F(instances_test, leaves_the_pid_file_to_the_process_that_holds_it) {
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

TEST_F(instances_test, replaces_the_pid_file_of_a_process_that_died) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve(config, {"-p", files_.file("pid")});
  signal(SIGKILL);
  ASSERT_EQ(exit_status(), 128 + SIGKILL);
  EXPECT_NE(files_.read("pid"), "");
  serve(config, {"-p", files_.file("pid")});
  EXPECT_EQ(files_.read("pid"), std::to_string(pid_));
}

TEST_F(instances_test, tells_no_process_to_reload_that_does_not_hold_the_pid_file) {
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

TEST_F(instances_test, serves_with_several_workers_at_one_port) {
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

TEST_F(instances_test,
       has_as_many_workers_as_the_configuration_says_if_the_command_line_is_silent) {
  const std::string config = "workers: 3\n" + alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve(config);
  EXPECT_THAT(printed(), HasSubstr(", workers 3\n"));
  signal(SIGTERM);
  ASSERT_EQ(exit_status(seconds(10)), 0) << printed();
  serve(config, {"--workers", "1"});
  EXPECT_THAT(printed(), HasSubstr(", workers 1\n"));
}

TEST_F(instances_test, stays_as_it_was_when_a_reload_would_need_other_workers) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve("workers: 3\n" + config);
  files_.write("conf.yml", "workers: 2\n" + config);
  signal(SIGHUP);
  ASSERT_TRUE(eventually(
      [&] { return printed().find("the configuration stays as it was") != std::string::npos; }));
  EXPECT_THAT(
      printed(),
      HasSubstr("conf.yml:1:10: key \"workers\": takes a restart to change: 3 are running\n"));
}

TEST_F(instances_test, reloads_whatever_workers_the_file_says_if_the_command_line_has_decided) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve("workers: 3\n" + config, {"--workers", "1"});
  files_.write("conf.yml", "workers: 2\n" + config);
  signal(SIGHUP);
  ASSERT_TRUE(eventually(
      [&] { return printed().find("the configuration is in force") != std::string::npos; }));
}

TEST_F(instances_test, shares_its_port_with_no_other_process) {
  const std::string config = alpha_at(fmt::format("127.0.0.1:{}", free_port()));
  serve(config, {"--workers", "2"});
  const std::string same = files_.write("same.yml", config);
  EXPECT_EQ(run_beside({"-c", same, "-a", "127.0.0.1", "-s", std::to_string(free_port()),
                        "--workers", "2"}),
            1);
  EXPECT_THAT(printed(), HasSubstr("Address already in use"));
}

TEST_F(instances_test, shares_its_unix_socket_with_no_other_process) {
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

TEST_F(instances_test, replaces_the_unix_socket_of_a_process_that_died) {
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

TEST_F(instances_test, moves_to_another_unix_socket_and_back_with_all_workers) {
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

TEST_F(instances_test, serves_with_several_workers_at_one_unix_socket) {
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

}  // namespace
}  // namespace dovetail
