// The name of an object across the seam: a place in a table and which of its tenants is meant.

#pragma once

#include <compare>
#include <cstdint>

namespace dovetail {

// A plain value that outlives what it names: a stale one is recognised by its generation. The
// default token names nothing.
struct token {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // 0: names nothing

  explicit operator bool() const { return generation != 0; }
  auto operator<=>(const token&) const = default;
};

}  // namespace dovetail
