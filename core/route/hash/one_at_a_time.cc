// Bob Jenkins' one-at-a-time, with twemproxy's signed bytes.

#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {

std::uint32_t hash_one_at_a_time(std::string_view key) {
  std::uint32_t value = 0;
  for (const char byte : key) {
    value += signed_byte(byte);
    value += value << 10;
    value ^= value >> 6;
  }
  value += value << 3;
  value ^= value >> 11;
  value += value << 15;
  return value;
}

}  // namespace dovetail
