// Which part of a key decides where it lives.

#pragma once

#include <string_view>

namespace dovetail {

// With hash tag "{}": what stands between the first '{' and the first '}' after it, if anything
// does; else the whole key. So `user:{7}:name` and `user:{7}:age` live together.
//
// `tag` is empty (every key is whole) or two bytes, which may be the same. The result points into
// `key`.
std::string_view tagged_part(std::string_view key, std::string_view tag);

}  // namespace dovetail
