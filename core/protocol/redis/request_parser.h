// Finds the end of one RESP request, its arguments and its keys.
//
// Grammar: RESP2, https://redis.io/topics/protocol, "Sending commands to a Redis server", as redis
// 7.0 reads it (networking.c: processMultibulkBuffer and processInlineBuffer).
//
//     *2\r\n $3\r\n GET\r\n $1\r\n a\r\n        GET a\r\n
//     array_header                              inline_line
//            argument_header
//                   argument

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/protocol.h"
#include "protocol/redis/number.h"

namespace dovetail::redis {

// What redis tolerates is tolerated: any byte in place of a header's LF, any two bytes behind an
// argument. Such a request is not canonical. An inline request is found as the array it means:
// its bytes are a copy, and `consumed` is the line's length. A blank line and an array of no
// elements are requests without arguments.
//
// A header is refused at the first byte that no header could go on with, an inline request at its
// end. Payload is stepped over, not looked at. Storage is reused; what a request of more than
// kept_arguments needed is given back before the next.
class request_parser final : public dovetail::request_parser {
 public:
  static constexpr std::size_t kept_arguments = 1024;

  explicit request_parser(const message_limits& limits);

  parse_status parse(inbox& from, request& found) override;
  std::string_view error() const override { return error_; }
  void trust(bool authenticated) override { authenticated_ = authenticated; }

 private:
  enum class expecting : std::uint8_t {
    message,
    inline_line,
    array_header,
    argument_header,
    argument,
    nothing,  // after malformed
  };

  void begin(char first);
  parse_status read_inline(inbox& from, request& found);
  parse_status read_array(std::string_view bytes);
  parse_status read_array_header(std::string_view bytes);
  parse_status read_argument_header(std::string_view bytes);
  parse_status read_argument(std::string_view bytes);
  template <class Fits>
  number read_header(std::string_view bytes, std::int64_t least, const Fits& fits);
  parse_status finish(request& found);
  parse_status refuse(std::string_view why);
  void give_back();

  message_limits limits_;
  std::uint64_t whole_bytes_max_;
  bool authenticated_ = true;
  expecting expecting_ = expecting::message;
  bool canonical_ = true;
  std::uint64_t left_ = 0;   // arguments not yet read
  std::size_t at_ = 0;       // where what is expected begins, from the message's first byte
  std::size_t scanned_ = 0;  // no line end lies before
  std::size_t end_ = 0;      // of the argument that is expected, its CRLF included
  std::vector<extent> arguments_;
  std::vector<extent> keys_;
  std::string encoded_;  // of an inline request
  std::string error_;
};

}  // namespace dovetail::redis
