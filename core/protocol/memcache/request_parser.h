// Finds the requests in what one client sends.
//
//     set key 0 0 5\r\n hello \r\n
//     ^ request_line    ^ data block, taken by its length
//
// Lines end with LF or CRLF and blocks with CRLF, as memcached takes them (doc/protocol.txt and
// proto_text.c). A refused request is complete, too: the block that its line announced is passed
// over, whatever its size, without being kept.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "buffer/inbox.h"
#include "buffer/slice.h"
#include "message/request.h"
#include "protocol/memcache/request_line.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {

// The data block of a request is the last of its bytes. Of a refused one `bytes` is the line alone,
// and `consumed` what the inbox still holds of it: blocks are passed over as they come.
class request_parser final : public dovetail::request_parser {
 public:
  explicit request_parser(const message_limits& limits) : limits_(limits), line_(limits) {}

  parse_status parse(inbox& from, request& found) override;
  std::string_view error() const override { return error_; }

 private:
  enum class expecting : std::uint8_t { line, block, passed_over };

  parse_status parse_line(inbox& from, request& found);
  parse_status parse_block(inbox& from, request& found);
  parse_status pass_over(inbox& from, request& found);
  bool is_bounded(std::string_view line) const;
  parse_status malformed(std::string_view error);
  parse_status complete(request& found, slice bytes, std::size_t consumed);

  message_limits limits_;
  request_line line_;
  expecting expecting_ = expecting::line;
  std::size_t scanned_ = 0;    // bytes of the line that have come and hold no LF
  std::size_t line_size_ = 0;  // its end included
  slice refused_;              // the line whose block is being passed over
  std::uint64_t left_ = 0;     // of that block, its end included
  std::string_view error_;
};

}  // namespace dovetail::memcache
