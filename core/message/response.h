// One response of a server, and what was expected of it.

#pragma once

#include <cstdint>
#include <span>

#include "base/request_class.h"
#include "message/request.h"

namespace dovetail {

// Bit 0 of every protocol's set of shapes. An error may answer any request.
inline constexpr std::uint32_t error_shape = 1;

struct response {
  std::size_t size = 0;            // bytes, its end included
  std::uint32_t shape = 0;         // one bit, in the protocol's own set of shapes
  std::int64_t count = 0;          // elements at the top level: of an array, or VALUE blocks
  std::uint32_t elements = 0;      // shapes of those
  extent relayed;                  // what the client may see of it: usually all
  std::span<const extent> echoes;  // what it repeats of its request: keys of VALUE blocks, the key
                                   // and opaque of a meta response; valid until the next parse

  bool is_error() const { return shape == error_shape; }
};

// Which responses could be right. Anything else ends the server connection (invariant P7).
struct expectation {
  static constexpr std::int64_t any_count = -1;

  std::uint32_t shapes = 0;        // any of these, or an error
  std::uint32_t silent = 0;        // of these the client is not told (quiet meta commands)
  std::int64_t count = any_count;  // elements an array must have
  std::uint32_t elements = 0;      // shapes that they may have; 0: any
  std::uint32_t echo_size = 0;     // bytes of its echo, which the server connection keeps
  request_class kind = request_class::other;
};

}  // namespace dovetail
