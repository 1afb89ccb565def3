// What a request becomes on its way to a server, read again: the same request, in the one way of
// writing it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "buffer/block.h"
#include "buffer/outbox.h"
#include "fuzz/messages.h"
#include "message/request.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

inline void check_keys(const request& asked, const request& again) {
  DOVETAIL_CHECK(again.keys.size() == asked.keys.size());
  for (std::size_t at = 0; at < asked.keys.size(); ++at)
    DOVETAIL_CHECK(again.text(again.keys[at]) == asked.text(asked.keys[at]));
}

// `asked` is to be forwarded. Written, it is one canonical request of the same command with the
// same keys, and writing that changes nothing.
template <class Compare>
void check_written(const protocol& speaks,
                   block_pool& blocks,
                   const request& asked,
                   const Compare& compare) {
  static std::string written;
  static std::string twice;
  written.clear();
  outbox out(blocks);
  speaks.write(asked, out);
  drain(out, written);
  DOVETAIL_CHECK(!asked.canonical || written == asked.bytes.view());
  read_one<request>(speaks, blocks, written, [&](const request& again) {
    DOVETAIL_CHECK(again.canonical && again.refusal.empty() && again.reply_wanted);
    DOVETAIL_CHECK(again.command == asked.command);
    check_keys(asked, again);
    compare(asked, again);
    twice.clear();
    speaks.write(again, out);
    drain(out, twice);
    DOVETAIL_CHECK(twice == written);
  });
}

// Each part of `asked` is a canonical request of the same command for its keys alone. Split here
// into the keys at even and those at odd places.
inline void check_parts(const protocol& speaks, block_pool& blocks, const request& asked) {
  if (!speaks.splits(asked) || asked.keys.size() < 2) return;
  static std::string written;
  static std::vector<std::uint32_t> keys;
  for (std::uint32_t part = 0; part < 2; ++part) {
    keys.clear();
    for (std::uint32_t at = part; at < asked.keys.size(); at += 2)
      keys.push_back(at);
    outbox out(blocks);
    written.clear();
    speaks.write_part(asked, keys, out);
    drain(out, written);
    read_one<request>(speaks, blocks, written, [&](const request& again) {
      DOVETAIL_CHECK(again.canonical && again.refusal.empty() && again.command == asked.command);
      DOVETAIL_CHECK(again.keys.size() == keys.size());
      for (std::size_t at = 0; at < keys.size(); ++at)
        DOVETAIL_CHECK(again.text(again.keys[at]) == asked.text(asked.keys[keys[at]]));
    });
  }
}

}  // namespace dovetail::fuzz
