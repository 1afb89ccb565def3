// Austin Appleby's MurmurHash2, with twemproxy's seed: 0xdeadbeef times the length. Words are read
// little-endian everywhere, as on x86-64 (twemproxy issue 680).

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

constexpr std::uint32_t multiplier = 0x5bd1e995;

std::uint32_t scramble(std::uint32_t word) {
  word *= multiplier;
  word ^= word >> 24;
  return word * multiplier;
}

// The last one to three bytes, as one little-endian number.
std::uint32_t mix_tail(std::uint32_t hash, std::string_view tail) {
  if (tail.empty()) return hash;
  for (std::size_t at = 0; at < tail.size(); ++at)
    hash ^= unsigned_byte(tail[at]) << (8 * at);
  return hash * multiplier;
}

}  // namespace

std::uint32_t hash_murmur(std::string_view key) {
  const auto length = static_cast<std::uint32_t>(key.size());
  std::uint32_t hash = (0xdeadbeefU * length) ^ length;
  std::size_t at = 0;
  for (; key.size() - at >= 4; at += 4) {
    hash = (hash * multiplier) ^ scramble(little_32(key, at));
  }
  hash = mix_tail(hash, key.substr(at));
  hash ^= hash >> 13;
  hash *= multiplier;
  hash ^= hash >> 15;
  return hash;
}

}  // namespace dovetail
