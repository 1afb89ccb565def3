// What a parser makes of a stream, as text: two readings of the same bytes can be compared.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/inbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

// Sizes of the pieces in which a stream arrives, less one; what is left comes in one piece.
using cuts = std::vector<std::uint8_t>;

inline void describe(std::string& log, const request& found) {
  log += "request " + std::to_string(found.command) + " [" + std::string(found.bytes.view()) +
         "] " + std::string(found.refusal);
  for (const extent key : found.keys)
    log += " key " + std::string(found.text(key));
  log += found.canonical ? " canonical" : "";
  log += found.reply_wanted ? "\n" : " quiet\n";
}

inline void describe(std::string& log, const response& found) {
  log += "response " + std::to_string(found.shape) + " " + std::to_string(found.count) + " " +
         std::to_string(found.size) + " " + std::to_string(found.relayed.offset) + "+" +
         std::to_string(found.relayed.size) + "\n";
}

inline std::size_t taken(const request& found) {
  return found.consumed;
}
inline std::size_t taken(const response& found) {
  return found.size;
}

// Every message that `parser`, a new one, finds in `stream` when it arrives in these pieces, and
// what is left. The parser ends here.
template <class Message, class Parser>
std::string found_in(Parser parser, std::string_view stream, const cuts& pieces) {
  block_pool blocks(256);
  std::string log;
  inbox in(blocks);
  auto cut = pieces.begin();
  while (!stream.empty()) {
    const auto room = in.room();
    const std::size_t piece = cut == pieces.end() ? stream.size() : *cut++ + std::size_t{1};
    const std::size_t size = std::min({room.size(), piece, stream.size()});
    std::memcpy(room.data(), stream.data(), size);
    in.fill(size);
    stream.remove_prefix(size);
    while (!in.empty()) {
      Message found;
      const parse_status status = parser->parse(in, found);
      if (status == parse_status::malformed) {
        parser.reset();
        return log + "malformed\n";
      }
      if (status == parse_status::incomplete) break;
      describe(log, found);
      in.consume(taken(found));
    }
  }
  parser.reset();
  return log + "rest " + std::string(in.unread());
}

}  // namespace dovetail::fuzz
