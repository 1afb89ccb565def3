// Where a stream goes wrong: at the first byte behind which nothing can make it right.
//
// A message is made of lines and blocks. The rules (grammar.h), written from the descriptions of
// the protocols and using nothing of the parsers, say of a whole line whether it is right; of one
// that has begun it is asked whether any of many ends makes it so.

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "proptests/grammar.h"

namespace dovetail::proptests {

// How many bytes of the stream there are up to its first wrong one, which is counted; nothing where
// all of it may be right. What exceeds a limit is wrong as soon as too much has come or has been
// announced.
//
// As by the servers, some is judged later than at its first wrong byte, when all of it is there:
// the words of redis's inline requests, and the names by which HTTP is known; of memcached's
// requests all lines, whose errors leave the stream in step and so are no wrong bytes.
std::optional<std::size_t> first_wrong(grammar& of, std::string_view stream);

}  // namespace dovetail::proptests
