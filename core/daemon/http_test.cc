#include "daemon/http.h"

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

http_reading read(std::string_view bytes) {
  http_head ignored;
  return read_http_head(bytes, ignored);
}

TEST(http, finds_method_and_target_of_a_request) {
  http_head head;
  ASSERT_EQ(read_http_head("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", head),
            http_reading::complete);

  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/metrics");
}

TEST(http, waits_for_the_empty_line_however_the_head_is_cut) {
  const std::string head = "POST / HTTP/1.0\r\nAccept: */*\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_EQ(read(head.substr(0, size)), http_reading::incomplete) << size;
  EXPECT_EQ(read(head), http_reading::complete);
}

TEST(http, knows_what_is_not_http_as_soon_as_it_shows) {
  for (const std::string_view foreign :
       {"\n", "\r\n", " ", "stats\r\n", "get k\r\n", "GET\r\n", "GET  ", "GET /\r\n", "GET /\x01",
        "GET / http", "GET / HTTP/2", "GET / HTTP/1.x", "GET / HTTP/1.1\n", "*1\r\n", "\x16\x03",
        "PRI * HTTP/2.0\r\n\r\n", "ABCDEFGHIJKLMNOPQ"}) {
    EXPECT_EQ(read(foreign), http_reading::foreign) << foreign;
  }
}

TEST(http, writes_a_response_of_known_length) {
  EXPECT_EQ(http_response("200 OK", "text/plain", "body\n", false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
            "Connection: close\r\n\r\nbody\n");
  EXPECT_EQ(http_response("405 Method Not Allowed", "text/plain", "no\n", true, "Allow: GET\r\n"),
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
            "Allow: GET\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace dovetail
