// What the parsers' targets make of an input: a stream, and where it is cut.
//
//     GET a\r\n                       a stream as it is in a file: cut where its own bytes say
//     GET a\r\n  cut cut 0xe2         … or where so many bytes before the last one say; a last cut
//                                     above 127 says that it comes from a stranger

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace dovetail::fuzz {

// Sizes of the pieces in which a stream arrives, as numbers of any size; what is left comes whole.
using cuts = std::span<const std::uint8_t>;

inline constexpr std::size_t cuts_max = 31;

// Small pieces are where it is decided whether a parser remembers what it must.
constexpr std::size_t piece_size(std::uint8_t cut) {
  return cut % 64U + 1U;
}

struct cut_stream {
  std::string_view bytes;
  cuts pieces;
  bool by_stranger = false;  // who has not said the password, where a target has one
};

inline cut_stream read_input(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t marker = 0xe0;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  if (size == 0 || data[size - 1] < marker) return {all, cuts(data, std::min(size, cuts_max))};
  const std::size_t count = std::min(data[size - 1] - marker, size - 1);
  const cuts pieces(data + size - 1 - count, count);
  return {all.substr(0, size - 1 - count), pieces, count > 0 && pieces.back() > 127};
}

}  // namespace dovetail::fuzz
