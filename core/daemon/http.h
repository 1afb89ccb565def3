// As much of HTTP/1.1 (RFC 9112) as a client of the statistics speaks: the head of one request,
// one response, and the connection is over.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dovetail {

inline constexpr std::size_t http_head_bytes_max = 8192;

enum class http_reading : std::uint8_t {
  incomplete,  // may become a request
  complete,
  foreign,  // not HTTP, whatever follows
};

// Views of what was read.
struct http_head {
  std::string_view method;
  std::string_view target;  // without the query
};

// Looks at everything that a client has sent so far. Fields are passed over unread.
http_reading read_http_head(std::string_view bytes, http_head& into);

// Status line, fields and, unless `head_only`, the body. `reason` is a status with its phrase,
// "200 OK"; `extra` are further fields, each with its line end.
std::string http_response(std::string_view reason,
                          std::string_view content_type,
                          std::string_view body,
                          bool head_only,
                          std::string_view extra = {});

}  // namespace dovetail
