// One message more: what was found, written by the proxy, must be found again.

#pragma once

#include <cstddef>
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

// `bytes` must be one whole message for a new parser of `speaks`. `look` is shown it.
template <class Look>
void read_one_request(const protocol& speaks,
                      block_pool& blocks,
                      std::string_view bytes,
                      const Look& look) {
  const auto parser = speaks.new_request_parser();
  inbox in(blocks);
  put(in, bytes);
  request found;
  parse_status status = parser->parse(in, found);
  DOVETAIL_CHECK(status == parse_status::complete);
  DOVETAIL_CHECK(found.consumed == bytes.size());
  look(found);
}

template <class Look>
void read_one_response(const protocol& speaks,
                       block_pool& blocks,
                       std::string_view bytes,
                       const Look& look) {
  const auto parser = speaks.new_response_parser();
  inbox in(blocks);
  put(in, bytes);
  response found;
  parse_status status = parser->parse(in, found);
  DOVETAIL_CHECK(status == parse_status::complete);
  DOVETAIL_CHECK(found.size == bytes.size());
  look(found);
}

}  // namespace dovetail::fuzz
