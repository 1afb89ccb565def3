// One message more: what was found, written by the proxy, must be found again.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

// Appends what an outbox holds to `to`; it is empty then.
inline void drain(outbox& from, std::string& to) {
  while (!from.empty()) {
    std::span<const std::byte> piece;
    from.gather({&piece, 1});
    to.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    from.drop(piece.size());
  }
}

// Puts `bytes` into an empty inbox in one piece.
inline void put(inbox& to, std::string_view bytes) {
  to.expect(bytes.size());
  const auto room = to.room();
  DOVETAIL_CHECK(room.size() >= bytes.size());
  bytes.copy(reinterpret_cast<char*>(room.data()), bytes.size());
  to.fill(bytes.size());
}

inline std::unique_ptr<request_parser> new_parser_of(const protocol& speaks, const request&) {
  return speaks.new_request_parser();
}
inline std::unique_ptr<response_parser> new_parser_of(const protocol& speaks, const response&) {
  return speaks.new_response_parser();
}

// Bytes of the inbox that a message takes.
inline std::size_t taken(const request& found) {
  return found.consumed;
}
inline std::size_t taken(const response& found) {
  return found.size;
}

// `bytes` must be one whole message for a parser of `speaks`, of which there is one. `look` is
// shown it.
template <class Message, class Look>
void read_one(const protocol& speaks,
              block_pool& blocks,
              std::string_view bytes,
              const Look& look) {
  Message found;
  // As good as new: no message but a whole one has come.
  static const auto parser = new_parser_of(speaks, found);
  static const protocol* const of = &speaks;
  DOVETAIL_CHECK(of == &speaks);
  inbox in(blocks);
  put(in, bytes);
  const parse_status status = parser->parse(in, found);
  DOVETAIL_CHECK(status == parse_status::complete);
  DOVETAIL_CHECK(taken(found) == bytes.size());
  look(found);
}

}  // namespace dovetail::fuzz
