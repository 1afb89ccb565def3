// Finds the responses in what one server sends.
//
//     VALUE key 0 5\r\n hello \r\n  END\r\n
//     ^ line           ^ block      ^ line
//
// Strict: a line that memcached (doc/protocol.txt) would not write is malformed, for it says that
// the stream is not in step, and is so at its first byte that shows it. Lines and blocks end with
// CRLF.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/memcache/begun_line.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {

class response_parser final : public dovetail::response_parser {
 public:
  explicit response_parser(const message_limits& limits) : limits_(limits) {}

  parse_status parse(inbox& from, response& found) override;

 private:
  enum class step : std::uint8_t { again, incomplete, complete, malformed };

  step parse_line(std::string_view unread);
  bool judge_begun_line(std::string_view unread, std::size_t from);
  step parse_block(inbox& from);
  step read_line(std::string_view line);
  step read_value(std::string_view line);
  step read_stat(std::string_view line);
  step read_code(std::string_view line);
  step finish(std::uint32_t shape);
  step expect_block(std::uint64_t bytes);
  void take_echoes(std::string_view line, std::string_view flags);
  void add_echo(std::string_view line, std::string_view part);
  void start_over();

  message_limits limits_;
  std::size_t line_ = 0;       // where the line begins that is being read
  std::size_t scanned_ = 0;    // before here it holds no LF
  std::size_t end_ = 0;        // of what was read, a line end included
  std::size_t block_end_ = 0;  // of the block being read, its CRLF included; 0: none
  std::uint32_t shape_ = 0;    // so far
  std::int64_t count_ = 0;     // of VALUE blocks
  bool finished_ = false;      // what is here is of the last response
  std::vector<extent> echoes_;
  begun_line begun_;  // where the line's end has not come
};

}  // namespace dovetail::memcache
