// The shapes of a RESP2 reply, one bit each, so that a set of them says what could answer a
// command.

#pragma once

#include <cstdint>

#include "message/response.h"

namespace dovetail::redis::shape {

// RESP2: https://redis.io/topics/protocol. An array's shape says nothing of its elements, which
// have shapes of their own.
inline constexpr std::uint32_t error = error_shape;   // -ERR why
inline constexpr std::uint32_t status = 1U << 1;      // +OK
inline constexpr std::uint32_t integer = 1U << 2;     // :1
inline constexpr std::uint32_t bulk = 1U << 3;        // $3 abc
inline constexpr std::uint32_t null_bulk = 1U << 4;   // $-1
inline constexpr std::uint32_t array = 1U << 5;       // *2 …
inline constexpr std::uint32_t null_array = 1U << 6;  // *-1

// Never the shape of a reply: marks an expectation of an array that is a page of SCAN.
inline constexpr std::uint32_t page = 1U << 31;

// Likewise: marks an expectation of the one status that answers PING, +PONG.
inline constexpr std::uint32_t pong = 1U << 30;

inline constexpr std::uint32_t value = bulk | null_bulk;
inline constexpr std::uint32_t any = status | integer | value | array | null_array;

}  // namespace dovetail::redis::shape
