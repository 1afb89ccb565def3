#include "daemon/stats_server.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using boost::asio::ip::tcp;

class stats_server_test : public testing::Test {
 protected:
  // A server that gives `document`, on a free port.
  void serve(std::function<std::string()> document) {
    server_ = std::make_unique<stats_server>(
        stats_pages{.json = std::move(document), .prometheus = [] { return "up 1\n"; }});
    ASSERT_TRUE(server_->listen("127.0.0.1", 0).has_value());
    server_->run();
  }

  tcp::socket connect() {
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->where().port});
    return socket;
  }

  // Sends `request` and receives the whole response.
  std::string ask(const std::string& request) {
    auto client = connect();
    boost::asio::write(client, boost::asio::buffer(request));
    return receive(client);
  }

  // Everything up to the end of the stream, which must be a regular one.
  static std::string receive(tcp::socket& from) {
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(from, boost::asio::dynamic_buffer(text), ended);
    EXPECT_EQ(ended, boost::asio::error::eof);
    return text;
  }

  boost::asio::io_context context_;
  std::unique_ptr<stats_server> server_;
};

TEST_F(stats_server_test, gives_each_client_a_document_of_its_own_and_closes) {
  std::atomic<int> count = 0;
  serve([&] { return "{\"n\":" + std::to_string(++count) + "}"; });
  auto first = connect();
  EXPECT_EQ(receive(first), "{\"n\":1}\n");
  auto second = connect();
  EXPECT_EQ(receive(second), "{\"n\":2}\n");
}

TEST_F(stats_server_test, gives_the_document_at_once_to_who_sends_no_http_or_its_end) {
  serve([] { return "{}"; });

  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("stats\r\n"), "{}\n");
  auto client = connect();
  client.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(receive(client), "{}\n");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(90));
}

TEST_F(stats_server_test, answers_http) {
  serve([] { return "{}"; });

  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n"
            "Connection: close\r\n\r\n{}\n");
  EXPECT_EQ(ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            "Content-Length: 5\r\nConnection: close\r\n\r\nup 1\n");
  EXPECT_TRUE(ask("HEAD /metrics HTTP/1.1\r\n\r\n").ends_with("Connection: close\r\n\r\n"));
  EXPECT_TRUE(ask("GET /no HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 Not Found\r\n"));
  const std::string refused = ask("POST /metrics HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(refused, testing::HasSubstr("\r\nAllow: GET, HEAD\r\n"));
}

TEST_F(stats_server_test, refuses_a_head_without_an_end) {
  serve([] { return "{}"; });
  const std::string endless = "GET / HTTP/1.1\r\nA: " + std::string(9000, 'a');

  EXPECT_TRUE(ask(endless).starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST_F(stats_server_test, gives_the_whole_document_to_a_client_that_sends_something) {
  std::string large(1 << 20, 'x');
  serve([&] { return large; });

  EXPECT_EQ(ask("GET / HTTP/0.9\r\n\r\n").size(), large.size() + 1);
}

TEST_F(stats_server_test, gives_the_place_of_the_oldest_client_to_the_newest) {
  serve([] { return "{}"; });
  std::vector<tcp::socket> stuck;
  for (int each = 0; each < 100; ++each) {
    stuck.push_back(connect());
    boost::asio::write(stuck.back(), boost::asio::buffer(std::string("GET / HT")));
  }

  EXPECT_TRUE(ask("GET /metrics HTTP/1.1\r\n\r\n").ends_with("up 1\n"));
}

TEST_F(stats_server_test, is_not_held_up_by_clients_that_do_not_read) {
  const std::string large(32 << 20, 'x');
  std::atomic<bool> small = false;
  serve([&] { return small ? "{}" : large; });
  std::vector<tcp::socket> stuck;
  for (int each = 0; each < 3; ++each) {
    stuck.push_back(connect());
    char first = 0;
    boost::asio::read(stuck.back(), boost::asio::buffer(&first, 1));
  }
  small = true;

  auto client = connect();
  EXPECT_EQ(receive(client), "{}\n");
}

TEST_F(stats_server_test, says_where_it_cannot_listen) {
  serve([] { return "{}"; });
  stats_server second({});
  const auto taken = second.listen("127.0.0.1", server_->where().port);

  ASSERT_FALSE(taken.has_value());
  EXPECT_THAT(taken.error(), testing::AllOf(testing::HasSubstr("the stats server cannot listen at"),
                                            testing::HasSubstr("Address already in use")));
  stats_server third({});
  EXPECT_FALSE(third.listen("no.such.host.invalid", 0).has_value());
}

}  // namespace
}  // namespace dovetail
