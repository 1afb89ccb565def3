// Paul Hsieh's SuperFastHash (http://www.azillionmonkeys.com/qed/hash.html) as twemproxy has it: it
// starts from 0 instead of the length, and of all bytes only the third of a tail is signed.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

// The last one to three bytes.
std::uint32_t mix_tail(std::uint32_t hash, std::string_view tail) {
  switch (tail.size()) {
    case 3:
      hash += little_16(tail, 0);
      hash ^= hash << 16;
      hash ^= signed_byte(tail[2]) << 18;
      return hash + (hash >> 11);
    case 2:
      hash += little_16(tail, 0);
      hash ^= hash << 11;
      return hash + (hash >> 17);
    case 1:
      hash += unsigned_byte(tail[0]);
      hash ^= hash << 10;
      return hash + (hash >> 1);
    default:
      return hash;
  }
}

// Makes the last bytes fed in reach the other bits.
std::uint32_t avalanche(std::uint32_t hash) {
  hash ^= hash << 3;
  hash += hash >> 5;
  hash ^= hash << 4;
  hash += hash >> 17;
  hash ^= hash << 25;
  hash += hash >> 6;
  return hash;
}

}  // namespace

std::uint32_t hash_hsieh(std::string_view key) {
  std::uint32_t hash = 0;
  std::size_t at = 0;
  for (; key.size() - at >= 4; at += 4) {
    hash += little_16(key, at);
    hash = (hash << 16) ^ (little_16(key, at + 2) << 11) ^ hash;
    hash += hash >> 11;
  }
  return avalanche(mix_tail(hash, key.substr(at)));
}

}  // namespace dovetail
