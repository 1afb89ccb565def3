// What the readers of replies have in common. They belong to the other side of the wire: nothing of
// core/protocol is used, so that a proxy that frames wrongly is not judged by its own framing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dovetail::sim {

// Where the first reply in some bytes ends.
struct reply_frame {
  enum class outcome : std::uint8_t { complete, incomplete, malformed };

  outcome is = outcome::incomplete;
  std::size_t size = 0;  // complete: of the reply. Incomplete: it will have at least so many bytes.
};

// Longest line of a reply. What goes on without a line end is not a reply.
inline constexpr std::size_t reply_line_bytes_max = 1U << 20;

// The line at the front of some bytes, its CRLF excluded. `searched` bytes are known to hold no
// line end, and are more of them afterwards. A CR without LF, and an LF without CR, are malformed.
struct reply_line {
  reply_frame::outcome is = reply_frame::outcome::incomplete;
  std::string_view text;  // when complete
};
reply_line find_reply_line(std::string_view bytes, std::size_t& searched);

}  // namespace dovetail::sim
