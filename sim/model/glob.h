// Patterns of keys: redis's util.c, stringmatchlen, without its ignoring of case.

#pragma once

#include <string_view>

namespace dovetail::sim {

// `*` any bytes, `?` any byte, `[a-z]` and `[^a-z]` one of, or none of, these, `\` takes what
// follows as it is.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace dovetail::sim
