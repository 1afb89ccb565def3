// Fowler, Noll and Vo's hashes (http://www.isthe.com/chongo/tech/comp/fnv), with twemproxy's signed
// bytes. FNV-1 multiplies and then mixes a byte in, FNV-1a the other way round.

#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

constexpr std::uint64_t basis_64 = 0xcbf29ce484222325U;
constexpr std::uint64_t prime_64 = 0x100000001b3U;
constexpr std::uint32_t basis_32 = 0x811c9dc5U;
constexpr std::uint32_t prime_32 = 0x01000193U;

}  // namespace

std::uint32_t hash_fnv1_64(std::string_view key) {
  std::uint64_t hash = basis_64;
  for (const char byte : key) {
    hash *= prime_64;
    hash ^= signed_byte_64(byte);
  }
  return static_cast<std::uint32_t>(hash);
}

// twemproxy's default. It keeps 32 bits all along and cuts the constants to fit. That is the low
// half of the 64-bit function, since neither multiplying nor mixing carries anything downwards.
std::uint32_t hash_fnv1a_64(std::string_view key) {
  auto hash = static_cast<std::uint32_t>(basis_64);
  for (const char byte : key) {
    hash ^= signed_byte(byte);
    hash *= static_cast<std::uint32_t>(prime_64);
  }
  return hash;
}

std::uint32_t hash_fnv1_32(std::string_view key) {
  std::uint32_t hash = basis_32;
  for (const char byte : key) {
    hash *= prime_32;
    hash ^= signed_byte(byte);
  }
  return hash;
}

std::uint32_t hash_fnv1a_32(std::string_view key) {
  std::uint32_t hash = basis_32;
  for (const char byte : key) {
    hash ^= signed_byte(byte);
    hash *= prime_32;
  }
  return hash;
}

}  // namespace dovetail
