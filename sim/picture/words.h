// Bytes of a protocol for people.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dovetail::sim {

// On one line: the words alone where the bytes are messages of redis (GET c0r0k0a), else what they
// are, line ends as spaces. At most `most` characters.
std::string words(std::string_view bytes, std::size_t most);

}  // namespace dovetail::sim
