// Finds the end of one RESP2 reply and its shape.
//
// Grammar: https://redis.io/topics/protocol, "RESP protocol description". Read strictly: a server
// that deviates is out of step with us, and its connection ends (invariant P7), at the first byte
// that no reply could go on with. RESP3's types are deviations, since no connection to a server has
// asked for them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/protocol.h"

namespace dovetail::redis {

// Arrays are counted down on a stack of at most nesting_max, without recursion.
class response_parser final : public dovetail::response_parser {
 public:
  explicit response_parser(const message_limits& limits);

  parse_status parse(inbox& from, response& found) override;

 private:
  enum class expecting : std::uint8_t { line, payload, nothing };

  parse_status read(std::string_view bytes);
  parse_status read_line(std::string_view bytes);
  parse_status read_text(std::string_view bytes, std::uint32_t shape);
  template <class Fits>
  parse_status read_number_line(std::string_view bytes,
                                std::int64_t least,
                                const Fits& fits,
                                std::int64_t& value);
  parse_status read_integer(std::string_view bytes);
  parse_status read_bulk_header(std::string_view bytes);
  parse_status read_array_header(std::string_view bytes);
  parse_status read_payload(std::string_view bytes);
  void element_begins(std::uint32_t shape, std::int64_t elements);
  void element_ended();

  message_limits limits_;
  std::uint64_t whole_bytes_max_;
  expecting expecting_ = expecting::line;
  std::uint32_t shape_ = 0;          // of the reply; 0 until its first line
  std::int64_t count_ = 0;           // its elements, if it is an array
  std::uint32_t elements_ = 0;       // their shapes
  std::size_t at_ = 0;               // where what is expected begins
  std::size_t scanned_ = 0;          // no line end lies before
  std::size_t end_ = 0;              // of the payload that is expected, its CRLF included
  bool whole_ = false;               // the last byte of the reply is before at_
  std::vector<std::uint64_t> left_;  // elements missing in each open array, outermost first
};

}  // namespace dovetail::redis
