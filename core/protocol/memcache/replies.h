// The replies of memcached: which kinds there are, and the texts the proxy writes itself.
//
// The words are memcached 1.6.18's own, so that client libraries recognise them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "message/response.h"

namespace dovetail::memcache {

// One bit each, for response.shape and expectation.shapes. doc/protocol.txt of memcached names
// them.
namespace shape {
inline constexpr std::uint32_t error = error_shape;      // ERROR, CLIENT_ERROR, SERVER_ERROR
inline constexpr std::uint32_t end = 1U << 1;            // END with no VALUE before it
inline constexpr std::uint32_t values = 1U << 2;         // VALUE … END
inline constexpr std::uint32_t values_unique = 1U << 3;  // the same with cas values
inline constexpr std::uint32_t stored = 1U << 4;
inline constexpr std::uint32_t not_stored = 1U << 5;
inline constexpr std::uint32_t exists = 1U << 6;
inline constexpr std::uint32_t not_found = 1U << 7;
inline constexpr std::uint32_t deleted = 1U << 8;
inline constexpr std::uint32_t touched = 1U << 9;
inline constexpr std::uint32_t ok = 1U << 10;
inline constexpr std::uint32_t number = 1U << 11;  // of incr and decr
inline constexpr std::uint32_t version = 1U << 12;
inline constexpr std::uint32_t hd = 1U << 13;  // the codes of meta commands from here on
inline constexpr std::uint32_t va = 1U << 14;
inline constexpr std::uint32_t en = 1U << 15;
inline constexpr std::uint32_t ns = 1U << 16;
inline constexpr std::uint32_t ex = 1U << 17;
inline constexpr std::uint32_t nf = 1U << 18;
inline constexpr std::uint32_t mn = 1U << 19;
inline constexpr std::uint32_t me = 1U << 20;
inline constexpr std::uint32_t stats = 1U << 21;  // STAT … END

// Never the shape of a response: marks an expectation whose request carried a data block.
inline constexpr std::uint32_t after_block = 1U << 31;
}  // namespace shape

// Texts of refusals, without their line end.
namespace text {
inline constexpr std::string_view unknown_command = "ERROR";
inline constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";
inline constexpr std::string_view bad_delete =
    "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]";
inline constexpr std::string_view bad_delta = "CLIENT_ERROR invalid numeric delta argument";
inline constexpr std::string_view bad_exptime = "CLIENT_ERROR invalid exptime argument";
inline constexpr std::string_view bad_data = "CLIENT_ERROR bad data chunk";
inline constexpr std::string_view too_large = "SERVER_ERROR object too large for cache";
inline constexpr std::string_view line_too_long = "CLIENT_ERROR line too long";

// memcached's own words where it runs with -F.
inline constexpr std::string_view no_flush = "CLIENT_ERROR flush_all not allowed";
inline constexpr std::string_view no_topic =
    "CLIENT_ERROR stats of this kind are not supported by this proxy";

inline constexpr std::string_view bad_flag = "CLIENT_ERROR invalid flag";
inline constexpr std::string_view duplicate_flag = "CLIENT_ERROR duplicate flag";
inline constexpr std::string_view bad_or_duplicate = "CLIENT_ERROR invalid or duplicate flag";
inline constexpr std::string_view bad_meta_delta = "CLIENT_ERROR invalid numeric delta value";
inline constexpr std::string_view bad_initial = "CLIENT_ERROR invalid numeric initial value";
inline constexpr std::string_view bad_token = "CLIENT_ERROR bad token in command line format";
inline constexpr std::string_view bad_mode = "CLIENT_ERROR incorrect length for M token";
inline constexpr std::string_view long_opaque = "CLIENT_ERROR opaque token too long";
inline constexpr std::string_view many_flags = "CLIENT_ERROR options flags are too long";
inline constexpr std::string_view bad_base64 = "CLIENT_ERROR error decoding key";

// Of `version`. Client libraries read a number here and choose features by it.
inline constexpr std::string_view version = "VERSION 1.6.0-dovetail";
}  // namespace text

// A line `VALUE <key> <flags> <bytes>[ <cas unique>]`.
struct value_line {
  extent key;  // from the line's first byte
  std::uint64_t bytes = 0;
  bool has_unique = false;
};

// Strict: single spaces, numbers in memcached's ranges, a key that a request could have. `line` is
// without its end.
std::optional<value_line> read_value_line(std::string_view line);

// Bytes of the value that `reply` begins with, its line and block, if that is of `key`; else 0.
// response_parser has found the reply right.
std::size_t size_of_value(std::string_view reply, std::string_view key);

// ERROR, CLIENT_ERROR or SERVER_ERROR, alone or followed by a text.
bool is_error_line(std::string_view line);

// Appends "SERVER_ERROR why\r\n".
void refuse(std::string_view why, std::string& out);

}  // namespace dovetail::memcache
