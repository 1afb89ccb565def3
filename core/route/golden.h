// For tests: the tables in fixtures/placement, line by line and field by field.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace dovetail {

// A whole file, unpacked if it is packed. Empty when it cannot be read.
inline std::string read_golden(const std::string& path) {
  std::string text;
  const gzFile file = ::gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char piece[65536];
  for (int size = 0; (size = ::gzread(file, piece, sizeof piece)) > 0;) {
    text.append(piece, static_cast<std::size_t>(size));
  }
  ::gzclose(file);
  return text;
}

// The pieces point into `text`. What ends with the separator has no empty last piece.
inline std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return pieces;
}

// Lower-case hexadecimal; "-" is no bytes.
inline std::string bytes_of_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  if (hex == "-") return bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes.push_back(static_cast<char>(16 * digit(hex[at]) + digit(hex[at + 1])));
  }
  return bytes;
}

}  // namespace dovetail
