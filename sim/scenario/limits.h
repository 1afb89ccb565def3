// What the numbers of a scene and of a scenario may be. Beyond these the world does not work, or
// has no end.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/scenario/yaml.h"

namespace dovetail::sim {

struct number_limits {
  std::string_view key;
  std::uint64_t least;
  std::uint64_t most;
};

inline constexpr std::array<number_limits, 20> numbers_known = {{
    // of a scene
    {"servers", 1, 16},
    {"lanes", 1, 64},
    {"blocks_max", 0, 1'000'000},
    {"block_bytes", 1, 1U << 24},
    {"eject_after", 0, 1'000'000},
    {"clients_max", 0, 1'000'000},
    {"requests_max", 1, 1'000'000},
    {"reply_bytes_max", 1, 1U << 30},
    {"server_outbox_bytes_max", 1, 1U << 30},
    {"pool_bytes_max", 1, 1U << 30},
    {"stream_bytes_max", 1, 1U << 30},
    {"of_all", 0, 255},
    {"window", 0, 1'000'000},
    // of a swarm
    {"clients", 1, 64},
    {"requests", 1, 256},
    {"keys", 1, 64},
    {"weight", 0, 1'000'000},
    {"seeds", 1, 1'000'000'000},
    // of an exploration
    {"states_max", 1, 1'000'000'000'000},
    {"outcomes", 1, 1'000'000'000'000},
}};

// `key` is one of those.
constexpr const number_limits& limits_of(std::string_view key) {
  return *std::ranges::find(numbers_known, key, &number_limits::key);
}

// A number as its key, or `known_as`, allows it. An error names key and range, and leaves `into` as
// it was.
template <class Number>
void read_limited(const yaml_value& from, Number& into, std::string_view known_as = {}) {
  const number_limits& its = limits_of(known_as.empty() ? from.key() : known_as);
  const auto number = read_number(from, its.least, its.most);
  if (number) into = static_cast<Number>(*number);
}

template <class Number>
void read_limited(yaml_fields& of, std::string_view key, Number& into) {
  if (const auto value = of.take(key)) read_limited(*value, into);
}

}  // namespace dovetail::sim
