// A fuzz target for one parser: whole, cut and byte by byte it must find the same.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/check.h"
#include "buffer/block.h"
#include "fuzz/input.h"
#include "fuzz/reading.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

// Blocks so small that most messages are carried from one to the next.
inline constexpr std::size_t small_block = 256;

// `parser` makes a new one; `visit` is shown what it finds in the whole stream. Stops the process
// when two readings differ; returns how they ended.
template <class Message, class NewParser, class Visit>
parse_status compare_readings(const NewParser& parser,
                              const cut_stream& input,
                              const Visit& visit) {
  static block_pool blocks(small_block);
  static findings whole;
  static findings other;
  const auto ignore = [](const Message&, const inbox&) {};

  const auto first = parser();
  const auto all = [] { return std::numeric_limits<std::size_t>::max(); };
  const parse_status end = read_stream<Message>(*first, blocks, input.bytes, all, whole, visit);

  const auto second = parser();
  auto cut = input.pieces.begin();
  const auto as_cut = [&] { return cut == input.pieces.end() ? all() : piece_size(*cut++); };
  DOVETAIL_CHECK(read_stream<Message>(*second, blocks, input.bytes, as_cut, other, ignore) == end);
  DOVETAIL_CHECK(other == whole);

  const auto third = parser();
  const auto byte = [] { return std::size_t{1}; };
  DOVETAIL_CHECK(read_stream<Message>(*third, blocks, input.bytes, byte, other, ignore) == end);
  DOVETAIL_CHECK(other == whole);
  return end;
}

}  // namespace dovetail::fuzz
