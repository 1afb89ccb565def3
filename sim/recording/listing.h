// A recording, to be read.

#pragma once

#include <cstdint>
#include <string>

#include "recorder/file.h"

namespace dovetail::sim {

// An event a paragraph, and in it a line for each call: who, what, how much, and the beginning of
// what was read.
//
//     1402     1.204511  client 3 is readable
//                          client 3: read 36 of 16320 bytes  *2\r\n$3\r\nGET\r\n$7\r\n…
//                          server 2 (127.0.0.1:6379): write 36 of 36 bytes
//
// From event `from` up to `until`, which count from 1. Bytes that are no entry end it, with a line
// that says so.
std::string list(const recording& of,
                 std::uint64_t from = 1,
                 std::uint64_t until = ~std::uint64_t{0});

}  // namespace dovetail::sim
