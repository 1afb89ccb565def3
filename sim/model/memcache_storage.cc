// Storage commands: a line that announces data, and what happens when it has come. As memcached
// 1.6.18, proto_text.c, process_update_command and complete_nread_ascii.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "buffer/outbox.h"
#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";

}  // namespace

void begin_memcache_upload(memcache_call& call, memcache_mode mode) {
  if (call.has_long_key()) return call.reply(bad_format);
  const std::string_view key = call.words[1];
  const auto flags = memcache_flags(call.words[2]);
  const auto seconds = memcache_int(call.words[3]);
  const auto size = memcache_int(call.words[4]);
  const bool compares = mode == memcache_mode::cas;
  const auto cas = compares ? memcache_counter(call.words[5]) : 0;
  if (!flags || !seconds || !size || !cas || *size < 0 ||
      *size > std::numeric_limits<std::int32_t>::max() - 2) {
    return call.reply(bad_format);
  }
  const auto data_bytes = static_cast<std::size_t>(*size);
  if (memcache_too_large(key.size(), data_bytes, *flags)) {
    call.swallowed = data_bytes + 2;
    if (mode == memcache_mode::set) call.items.erase(key, call.now);
    return call.reply("SERVER_ERROR object too large for cache");
  }
  call.upload =
      memcache_upload{.mode = mode,
                      .key = std::string(key),
                      .item = {.flags = *flags, .expires = memcache_expiry(*seconds, call.now)},
                      .cas = *cas,
                      .data_bytes = data_bytes,
                      .noreply = call.noreply};
}

void finish_memcache_upload(const memcache_upload& upload,
                            std::string_view data,
                            memcache_items& items,
                            unix_ms now,
                            outbox& out) {
  const bool quiet = upload.noreply && !upload.meta;
  if (!data.ends_with("\r\n")) {
    if (!quiet) out.append("CLIENT_ERROR bad data chunk\r\n");
    return;
  }
  memcache_item item = upload.item;
  item.data = data.substr(0, upload.data_bytes);
  const auto outcome =
      items.put(upload.mode, upload.key, std::move(item), upload.cas, upload.stale_allowed, now);
  if (upload.meta) return reply_memcache_meta_upload(upload, outcome, items, now, out);
  if (quiet) return;
  switch (outcome) {
    case memcache_outcome::stored:
      return out.append("STORED\r\n");
    case memcache_outcome::not_stored:
      return out.append("NOT_STORED\r\n");
    case memcache_outcome::exists:
      return out.append("EXISTS\r\n");
    case memcache_outcome::not_found:
      return out.append("NOT_FOUND\r\n");
  }
}

}  // namespace dovetail::sim
