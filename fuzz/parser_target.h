// A fuzz target for one parser: whole, cut and byte by byte it must find the same.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "buffer/block.h"
#include "fuzz/input.h"
#include "fuzz/reading.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

// Blocks so small that most messages are carried from one to the next.
inline constexpr std::size_t small_block = 256;

// Where bytes come one by one: everywhere, or in a part of a stream that the stream itself names.
#ifndef DOVETAIL_FUZZ_SINGLE_BYTES
#define DOVETAIL_FUZZ_SINGLE_BYTES std::numeric_limits<std::size_t>::max()
#endif
inline constexpr std::size_t single_bytes_max = DOVETAIL_FUZZ_SINGLE_BYTES;

// `make` makes a parser; `visit` is shown what it finds in the whole stream. Stops the process when
// two readings differ; returns how they ended.
template <class Message, class NewParser, class Visit>
parse_status compare_readings(const NewParser& make, const cut_stream& input, const Visit& visit) {
  using parser = std::remove_cvref_t<decltype(*make())>;
  static block_pool blocks(small_block);
  static parser_at_hand<parser> parsers;
  static findings whole;
  static findings other;
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  const auto ignore = [](const Message&, const inbox&) {};
  const auto read = [&](auto&& next_piece, findings& log, const auto& look) {
    return read_stream<Message>(parsers, make, blocks, input.bytes, next_piece, log, look);
  };

  const parse_status end = read([&] { return all; }, whole, visit);

  auto cut = input.pieces.begin();
  const auto as_cut = [&] { return cut == input.pieces.end() ? all : piece_size(*cut++); };
  DOVETAIL_CHECK(read(as_cut, other, ignore) == end);
  DOVETAIL_CHECK(other == whole);

  std::size_t before = 0;
  if (input.bytes.size() > single_bytes_max) {
    const auto place = static_cast<unsigned char>(input.bytes.back());
    before = place % (input.bytes.size() - single_bytes_max + 1);
  }
  std::size_t left = single_bytes_max;
  const auto singly = [&] {
    if (before > 0) return std::exchange(before, 0);
    return left > 0 && left-- > 0 ? std::size_t{1} : all;
  };
  DOVETAIL_CHECK(read(singly, other, ignore) == end);
  DOVETAIL_CHECK(other == whole);
  return end;
}

}  // namespace dovetail::fuzz
