#include "daemon/stats_client.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "daemon/http.h"
#include "daemon/stats_server.h"
#include "stats/prometheus.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds client_time_max(5);
constexpr std::chrono::milliseconds silence_max(100);  // then it wants the plain document
constexpr std::size_t ignored_bytes_max = 65536;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";

}  // namespace

stats_client::stats_client(tcp::socket socket, const stats_pages& pages)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      silence_(socket_.get_executor()),
      pages_(pages) {}

// The timers do not keep the client alive: it ends when its socket has.
void stats_client::start() {
  deadline_.expires_after(client_time_max);
  deadline_.async_wait([self = weak_from_this()](error_code canceled) {
    const auto client = self.lock();
    if (!canceled && client) client->close();
  });
  silence_.expires_after(silence_max);
  silence_.async_wait([self = weak_from_this()](error_code canceled) {
    const auto client = self.lock();
    if (!canceled && client && client->asked_size_ == 0) client->answer_plain();
  });
  read();
}

void stats_client::close() {
  error_code ignored;
  socket_.close(ignored);
}

// One read is always on its way: of the question, then of what nobody wants to know.
void stats_client::read() {
  const auto room = answer_.empty() ? boost::asio::buffer(asked_) + asked_size_
                                    : boost::asio::mutable_buffer(boost::asio::buffer(asked_));
  socket_.async_read_some(room, [self = shared_from_this()](error_code failed, std::size_t size) {
    if (!failed || failed == boost::asio::error::eof) self->took(failed.failed(), size);
  });
}

void stats_client::took(bool ended, std::size_t size) {
  if (!answer_.empty()) {
    ignored_size_ += size;
    if (!ended && ignored_size_ <= ignored_bytes_max) read();
    return;
  }
  asked_size_ += size;
  http_head head;
  switch (read_http_head({asked_.data(), asked_size_}, head)) {
    case http_reading::complete:
      answer_http(head);
      break;
    case http_reading::foreign:
      answer_plain();
      break;
    case http_reading::incomplete:
      if (ended) return answer_plain();
      if (asked_size_ == asked_.size()) {
        answer(
            http_response("431 Request Header Fields Too Large", text_type, "too large\n", false));
      }
      break;
  }
  read();
}

void stats_client::answer_plain() {
  if (answer_.empty()) answer(pages_.json() + "\n");
}

void stats_client::answer_http(const http_head& asked) {
  const bool head_only = asked.method == "HEAD";
  if (!head_only && asked.method != "GET") {
    return answer(http_response("405 Method Not Allowed", text_type, "GET / or /metrics\n", false,
                                "Allow: GET, HEAD\r\n"));
  }
  if (asked.target == "/") {
    answer(http_response("200 OK", json_type, pages_.json() + "\n", head_only));
  } else if (asked.target == "/metrics") {
    answer(http_response("200 OK", prometheus_content_type, pages_.prometheus(), head_only));
  } else {
    answer(http_response("404 Not Found", text_type, "there are / and /metrics\n", head_only));
  }
}

void stats_client::answer(std::string text) {
  answer_ = std::move(text);
  boost::asio::async_write(socket_, boost::asio::buffer(answer_),
                           [self = shared_from_this()](error_code failed, std::size_t) {
                             if (failed) return;
                             error_code ignored;
                             self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
                           });
}

}  // namespace dovetail
