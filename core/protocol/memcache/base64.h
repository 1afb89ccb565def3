// Base64 (RFC 4648, section 4), as far as keys need it.

#pragma once

#include <string_view>

namespace dovetail::memcache {

// Is `encoded` the padded encoding of `plain`?
bool is_base64_of(std::string_view encoded, std::string_view plain);

}  // namespace dovetail::memcache
