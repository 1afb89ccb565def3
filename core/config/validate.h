// What can be written down but cannot be meant. For configurations from wherever they come; the
// parser says the same with lines and columns.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace dovetail {

enum class severity { error, warning };

struct finding {
  severity weight = severity::error;
  std::optional<std::size_t> pool;    // index into config.pools
  std::string_view key;               // a string literal; empty: the pool as such
  std::optional<std::size_t> server;  // index into the pool's servers
  std::string reason;
};

// Pools and servers may stand in any order.
std::vector<finding> validate(const config& what);

}  // namespace dovetail
