// The twelve functions themselves, for the table in hash.cc. Everybody else asks for one by kind
// or name (hash.h).

#pragma once

#include <cstdint>
#include <string_view>

namespace dovetail {

std::uint32_t hash_one_at_a_time(std::string_view key);
std::uint32_t hash_md5(std::string_view key);
std::uint32_t hash_crc16(std::string_view key);
std::uint32_t hash_crc32(std::string_view key);
std::uint32_t hash_crc32a(std::string_view key);
std::uint32_t hash_fnv1_64(std::string_view key);
std::uint32_t hash_fnv1a_64(std::string_view key);
std::uint32_t hash_fnv1_32(std::string_view key);
std::uint32_t hash_fnv1a_32(std::string_view key);
std::uint32_t hash_hsieh(std::string_view key);
std::uint32_t hash_murmur(std::string_view key);
std::uint32_t hash_jenkins(std::string_view key);

}  // namespace dovetail
