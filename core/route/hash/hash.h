// The twelve hash functions of twemproxy's hashkit, by name, as they come out on x86-64: `char` is
// signed there and sign extension is part of the result, so it is written out here and every
// machine places keys alike.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dovetail {

enum class hash_kind : std::uint8_t {
  one_at_a_time,
  md5,
  crc16,
  crc32,
  crc32a,
  fnv1_64,
  fnv1a_64,
  fnv1_32,
  fnv1a_32,
  hsieh,
  murmur,
  jenkins,
};

using hash_function = std::uint32_t (*)(std::string_view key);

hash_function hash_of(hash_kind kind);
std::string_view name_of(hash_kind kind);
std::optional<hash_kind> hash_named(std::string_view name);  // case matters, as in twemproxy

}  // namespace dovetail
