// One connection to the statistics' port: a few bytes of question, one answer, and its end.

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/http.h"
#include "daemon/stats_server.h"

namespace dovetail {

//     asking ──HTTP──▶ answering ──written──▶ until the peer's end of stream, or five seconds in
//     all
//        └── silence, end of stream, anything else: the plain document ──▲
//
// The end is waited for so that what the peer still sends does not turn the close into a reset,
// which would destroy the answer on its way. Keeps itself alive until then.
class stats_client : public std::enable_shared_from_this<stats_client> {
 public:
  // `pages` outlive the client.
  stats_client(boost::asio::ip::tcp::socket socket, const stats_pages& pages);
  stats_client(const stats_client&) = delete;
  stats_client& operator=(const stats_client&) = delete;

  void start();
  void close();

 private:
  void read();
  void took(bool ended, std::size_t size);
  void answer_plain();
  void answer_http(const http_head& asked);
  void answer(std::string text);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer silence_;
  const stats_pages& pages_;
  std::array<char, http_head_bytes_max> asked_{};
  std::size_t asked_size_ = 0;
  std::size_t ignored_size_ = 0;  // came after the answer was chosen
  std::string answer_;            // empty while the peer may still ask
};

}  // namespace dovetail
