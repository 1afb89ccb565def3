// Base64 (RFC 4648, section 4), as far as keys need it.

#pragma once

#include <string>
#include <string_view>

namespace dovetail::memcache {

// Decodes into `plain`. False where `encoded` is empty or not as is_base64_of wants it.
bool decode_base64(std::string_view encoded, std::string& plain);

// Is `encoded` the padded encoding of `plain`?
bool is_base64_of(std::string_view encoded, std::string_view plain);

}  // namespace dovetail::memcache
