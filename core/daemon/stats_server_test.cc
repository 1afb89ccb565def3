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
    server_ = std::make_unique<stats_server>(std::move(document));
    ASSERT_TRUE(server_->listen("127.0.0.1", 0).has_value());
    server_->run();
  }

  tcp::socket connect() {
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->where().port});
    return socket;
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

TEST_F(stats_server_test, gives_the_whole_document_to_a_client_that_sends_something) {
  std::string large(1 << 20, 'x');
  serve([&] { return large; });
  auto client = connect();
  boost::asio::write(client, boost::asio::buffer(std::string("GET / HTTP/1.0\r\n\r\n")));
  EXPECT_EQ(receive(client).size(), large.size() + 1);
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
  stats_server second([] { return "{}"; });
  const auto taken = second.listen("127.0.0.1", server_->where().port);

  ASSERT_FALSE(taken.has_value());
  EXPECT_THAT(taken.error(), testing::AllOf(testing::HasSubstr("the stats server cannot listen at"),
                                            testing::HasSubstr("Address already in use")));
  stats_server third([] { return "{}"; });
  EXPECT_FALSE(third.listen("no.such.host.invalid", 0).has_value());
}

}  // namespace
}  // namespace dovetail
