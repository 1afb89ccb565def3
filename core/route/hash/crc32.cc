// The CRC-32 of zip and Ethernet, whole (crc32a) and as libmemcached cut it (crc32).

#include <cstdint>
#include <string_view>
#include <zlib.h>

#include "route/hash/functions.h"

namespace dovetail {

std::uint32_t hash_crc32a(std::string_view key) {
  if (key.empty()) return 0;  // zlib takes a null pointer for a wish to start
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(key.data()), key.size()));
}

// Only 15 bits come out: on a ketama ring, which spans 32, nearly every key meets the same server
// (twemproxy issue 175). Good for modula alone.
std::uint32_t hash_crc32(std::string_view key) {
  return (hash_crc32a(key) >> 16) & 0x7fff;
}

}  // namespace dovetail
