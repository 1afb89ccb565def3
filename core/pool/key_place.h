// Where a key lives and why, for people; and how many keys another configuration would move.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/config.h"

namespace dovetail {

struct key_place {
  std::string_view part;                    // of the key, that was hashed; points into the key
  std::optional<std::uint32_t> hash = {};   // none in a pool of one server, where nothing is hashed
  std::optional<std::uint32_t> point = {};  // ketama: the point on the ring; modula: the remainder
  std::uint32_t points = 0;                 // ketama: on the ring; modula: the sum of the weights
  std::optional<std::uint32_t> server = {};  // none: any of them (random)
};

// With every server live.
key_place place_of(std::string_view key, const pool_config& in);

// How many of a fixed sample of `moved_keys_sample` keys live at another address, or in another
// redis database, in `after` than in `before`. Both keep their keys where one looks for them: not
// for a random distribution.
inline constexpr std::uint32_t moved_keys_sample = 100000;
std::uint32_t moved_keys(const pool_config& before, const pool_config& after);

}  // namespace dovetail
