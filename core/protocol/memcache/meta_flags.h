// The flags of meta commands: `mg key v q O123`. memcached doc/protocol.txt, "Meta Commands".

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace dovetail::memcache {

// Words of a meta command, its name included (proto_text.c refuses more, each command in its way).
inline constexpr std::size_t meta_words_max = 19;

// proto_text.c: MFLAG_MAX_OPAQUE_LENGTH is 32, and an opaque must be shorter.
inline constexpr std::size_t opaque_bytes_max = 31;

// The refusal for a flag that memcached would not take, or empty. All of memcached 1.6.18's flags
// are known, and each may go with every command, as there.
std::string_view refusal_of_flag(std::string_view flag);

// What a response must repeat when asked: flags k and O.
constexpr bool is_echoed(char letter) {
  return letter == 'k' || letter == 'O';
}

}  // namespace dovetail::memcache
