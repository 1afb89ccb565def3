// What a request does to a server, as coarse as statistics need it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dovetail {

enum class request_class : std::uint8_t {
  read,
  write,
  other,  // scripts, and what concerns no key
};

inline constexpr std::size_t request_class_count = 3;
inline constexpr std::array<std::string_view, request_class_count> request_class_names = {
    "read", "write", "other"};

}  // namespace dovetail
