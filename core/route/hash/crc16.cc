// CRC-16/XMODEM (polynomial 0x1021, most significant bit first, starting from 0) in a register of
// 32 bits that twemproxy never masks: the low half is the CRC, the high half what was shifted out.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

constexpr std::uint16_t crc_of_byte(std::uint32_t byte) {
  std::uint32_t crc = byte << 8;
  for (int bit = 0; bit < 8; ++bit)
    crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021U : 0U);
  return static_cast<std::uint16_t>(crc);
}

constexpr auto crc_of_bytes = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = crc_of_byte(static_cast<std::uint32_t>(byte));
  }
  return table;
}();

}  // namespace

std::uint32_t hash_crc16(std::string_view key) {
  std::uint32_t crc = 0;
  for (const char byte : key) {
    crc = (crc << 8) ^ crc_of_bytes[((crc >> 8) ^ unsigned_byte(byte)) & 0xff];
  }
  return crc;
}

}  // namespace dovetail
