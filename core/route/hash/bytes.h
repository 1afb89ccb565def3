// Bytes of a key as numbers, spelled out: neither the signedness of `char` nor the byte order of
// the machine may decide where a key lives.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dovetail {

// 0..255.
constexpr std::uint32_t unsigned_byte(char byte) {
  return static_cast<std::uint8_t>(byte);
}

// As twemproxy's `uint32_t += char` on x86-64, where char is signed: 0x80..0xff become
// 0xffffff80..0xffffffff.
constexpr std::uint32_t signed_byte(char byte) {
  return static_cast<std::uint32_t>(std::int32_t{static_cast<std::int8_t>(byte)});
}

// The same at 64 bits.
constexpr std::uint64_t signed_byte_64(char byte) {
  return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(byte)});
}

// Little-endian numbers at `at`; the bytes must be there.
constexpr std::uint32_t little_16(std::string_view text, std::size_t at) {
  return unsigned_byte(text[at]) | unsigned_byte(text[at + 1]) << 8;
}

constexpr std::uint32_t little_32(std::string_view text, std::size_t at) {
  return little_16(text, at) | little_16(text, at + 2) << 16;
}

}  // namespace dovetail
