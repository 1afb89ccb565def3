// Base64 with padding, RFC 4648 section 4: how memcached's meta commands carry binary keys.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dovetail::sim {

std::string to_base64(std::string_view bytes);

// Nothing when `text` is empty or is not base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dovetail::sim
