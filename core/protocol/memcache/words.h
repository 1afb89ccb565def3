// The words lines are made of: keys and numbers, as memcached reads them and more strictly.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "buffer/outbox.h"

namespace dovetail::memcache {

// memcached.h: KEY_MAX_LENGTH.
inline constexpr std::size_t key_bytes_max = 250;

// proto_text.c, process_update_command: a block and its line end must fit an int.
inline constexpr std::uint64_t block_bytes_max = std::numeric_limits<std::int32_t>::max() - 2;

// A byte that ends words, ends lines or is invisible: 0x00 to 0x20, and 0x7f. memcached itself lets
// most of them pass in keys; a proxy must not, for two readers may disagree on them.
constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

// 1 to `bytes_max` bytes, none of them a control byte.
bool is_key(std::string_view word, std::size_t bytes_max);

// Where the first control byte is, from `from` on; the size of `text` where there is none.
std::size_t find_control(std::string_view text, std::size_t from);

bool has_control(std::string_view word);

// Decimal digits, leading zeros allowed, at most `most`.
bool is_unsigned(std::string_view word, std::uint64_t most);

// The same with an optional minus, within 32 bits: an exptime.
bool is_signed_32(std::string_view word);

// Is the number, which passed one of the above, written without leading zeros and not as -0?
bool is_shortest(std::string_view number);

// Writes it so.
void write_shortest(std::string_view number, outbox& out);

// Takes a space and the number behind it, which is at most `most`. What is left starts with what
// ended it, or is empty; nothing where there is no such number.
std::optional<std::uint64_t> take_number(std::string_view& rest, std::uint64_t most);

// Takes the space that `rest` starts with (if it does) and the word behind it. What is left starts
// with a space or is empty.
std::string_view take_word(std::string_view& rest);

}  // namespace dovetail::memcache
