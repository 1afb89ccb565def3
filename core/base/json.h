// Text within JSON.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dovetail {

// The length of the UTF-8 sequence that `text`, which is not empty, begins with; 0 if it is none
// (The Unicode Standard, table 3-7).
std::size_t utf8_length(std::string_view text);

// Appends `text` as a JSON string (RFC 8259, section 7). Each byte that is not part of UTF-8
// becomes U+FFFD, so that the result always is JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace dovetail
