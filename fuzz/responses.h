// What of a response a client may see, read again: one response of the same kind, also for a reader
// that shares no code with the proxy.

#pragma once

#include <string_view>

#include "base/check.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/messages.h"
#include "fuzz/parser_target.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "sim/model/reply_frame.h"

namespace dovetail::fuzz {

// `Reader` is a client's, of sim/model. `found` is at the front of `in`.
template <class Reader>
void check_relayed(const protocol& speaks, const response& found, const inbox& in) {
  DOVETAIL_CHECK(found.relayed.offset + found.relayed.size == found.size);
  const std::string_view relayed = in.unread().substr(found.relayed.offset, found.relayed.size);
  read_one<response>(speaks, in.pool(), relayed, [&](const response& again) {
    DOVETAIL_CHECK(again.shape == found.shape);
    DOVETAIL_CHECK(again.relayed.offset == 0 && again.relayed.size == relayed.size());
    DOVETAIL_CHECK(found.relayed.offset > 0 || again.count == found.count);
  });
  const sim::reply_frame read = Reader().read(relayed);
  DOVETAIL_CHECK(read.is == sim::reply_frame::outcome::complete);
  DOVETAIL_CHECK(read.size == relayed.size());
}

// What the targets of responses demand of an input.
template <class Reader>
void check_responses(const protocol& speaks, const cut_stream& input) {
  std::string_view rest = input.bytes;
  const auto visit = [&](const response& found, const inbox& in) {
    rest.remove_prefix(found.size);
    check_relayed<Reader>(speaks, found, in);
  };
  const auto parser = [&] { return speaks.new_response_parser(); };
  const parse_status end = compare_readings<response>(parser, input, visit);
  if (end != parse_status::incomplete || rest.empty()) return;
  // The parser judges whole lines, the reader each byte: it may know already that this is wrong.
  DOVETAIL_CHECK(Reader().read(rest).is != sim::reply_frame::outcome::complete);
}

}  // namespace dovetail::fuzz
