// ms: all of the storage commands in one.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/outbox.h"
#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"
#include "sim/model/memcache_meta.h"
#include "sim/model/memcache_meta_flags.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";

std::optional<memcache_mode> mode_of(const memcache_meta_flags& read) {
  switch (read.mode) {
    case 0:
    case 'S':
      return read.has_cas ? memcache_mode::cas : memcache_mode::set;
    case 'R':
      return read.has_cas ? memcache_mode::cas : memcache_mode::replace;
    case 'E':
      return memcache_mode::add;
    case 'A':
      return memcache_mode::append;
    case 'P':
      return memcache_mode::prepend;
    default:
      return std::nullopt;
  }
}

}  // namespace

// The size comes before the flags. Once that is understood, a refusal still takes the data with it.
void meta_set(memcache_call& call) {
  if (call.words.size() < 3) return call.reply(bad_format);
  if (call.words.size() > memcache_meta_words_max) {
    return call.reply("CLIENT_ERROR options flags too long");
  }
  const auto size = memcache_int(call.words[2]);
  if (!size || *size < 0) return call.reply(bad_format);
  const auto data_bytes = static_cast<std::size_t>(*size);
  const auto flags = call.words.subspan(3);
  auto read = memcache_meta_flags::read(call.words[1], flags, call.now);
  const auto mode = mode_of(read);
  if (read.error.empty() && !mode) read.error = "CLIENT_ERROR invalid mode for ms M token";
  if (read.error.empty() && has_long_opaque(flags)) read.error = memcache_bad_opaque;
  if (read.error.empty() && memcache_too_large(read.key.size(), data_bytes, read.client_flags)) {
    read.error = "SERVER_ERROR object too large for cache";
    call.items.erase(read.key, call.now);
  }
  if (!read.error.empty()) {
    call.swallowed = data_bytes + 2;
    return call.reply(read.error);
  }
  call.upload = memcache_upload{
      .mode = *mode,
      .key = read.key,
      .item = {.flags = read.client_flags, .expires = read.expires, .binary_key = read.binary_key},
      .cas = read.cas,
      .data_bytes = data_bytes,
      .noreply = read.quiet,
      .stale_allowed = read.invalidate && *mode == memcache_mode::cas,
      .meta = true,
      .echoes = std::vector<std::string>(flags.begin(), flags.end())};
}

void reply_memcache_meta_upload(const memcache_upload& upload,
                                memcache_outcome outcome,
                                memcache_items& items,
                                unix_ms now,
                                outbox& out) {
  if (outcome == memcache_outcome::stored && upload.noreply) return;
  std::string line;
  switch (outcome) {
    case memcache_outcome::stored:
      line = "HD";
      break;
    case memcache_outcome::not_stored:
      line = "NS";
      break;
    case memcache_outcome::exists:
      line = "EX";
      break;
    case memcache_outcome::not_found:
      line = "NF";
      break;
  }
  const memcache_item* const item = items.find(upload.key, now);
  const bool stored = outcome == memcache_outcome::stored && item != nullptr;
  for (const std::string& flag : upload.echoes) {
    if (flag[0] == 'O') line += " " + flag;
    if (flag[0] == 'k') line += " " + memcache_meta_key(upload.key, upload.item.binary_key);
    if (flag[0] == 'c') line += " c" + meta_number(stored ? item->cas : 0);
  }
  out.append(line + "\r\n");
}

}  // namespace dovetail::sim
