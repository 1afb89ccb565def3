// What of a response a client may see, read again: one response of the same kind, also for a reader
// that shares no code with the proxy.

#pragma once

#include <string_view>

#include "base/check.h"
#include "buffer/inbox.h"
#include "fuzz/messages.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "sim/model/reply_frame.h"

namespace dovetail::fuzz {

// `Reader` is a client's, of sim/model. `found` is at the front of `in`.
template <class Reader>
void check_relayed(const protocol& speaks, const response& found, const inbox& in) {
  DOVETAIL_CHECK(found.relayed.offset + found.relayed.size == found.size);
  const std::string_view relayed = in.unread().substr(found.relayed.offset, found.relayed.size);
  read_one_response(speaks, in.pool(), relayed, [&](const response& again) {
    DOVETAIL_CHECK(again.shape == found.shape);
    DOVETAIL_CHECK(again.relayed.offset == 0 && again.relayed.size == relayed.size());
    DOVETAIL_CHECK(found.relayed.offset > 0 || again.count == found.count);
  });
  const sim::reply_frame read = Reader().read(relayed);
  DOVETAIL_CHECK(read.is == sim::reply_frame::outcome::complete);
  DOVETAIL_CHECK(read.size == relayed.size());
}

}  // namespace dovetail::fuzz
