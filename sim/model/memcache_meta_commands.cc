// md, ma, me and mn, and which meta command a line is.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "sim/model/base64.h"
#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"
#include "sim/model/memcache_meta.h"
#include "sim/model/memcache_meta_flags.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";
constexpr std::string_view not_numeric =
    "CLIENT_ERROR cannot increment or decrement non-numeric value";

// The item that ma counts in, with the sum in it. Null when that was replied instead.
memcache_item* counted(memcache_call& call,
                       const memcache_meta_flags& read,
                       bool up,
                       std::string_view tail,
                       bool& is_new,
                       std::uint64_t& sum) {
  memcache_item* const item = call.items.find(read.key, call.now);
  is_new = item == nullptr && read.vivify;
  if (is_new) {
    sum = read.initial;
    return &call.items.replace(read.key, {.data = meta_number(sum)}, call.now);
  }
  if (item == nullptr) {
    call.reply("NF" + std::string(tail));
    return nullptr;
  }
  if (!item->data.empty() && read.cas != 0 && read.cas != item->cas) {
    call.reply("EX" + std::string(tail));
    return nullptr;
  }
  const auto value = memcache_add(call.items, *item, up, read.delta);
  if (!value) {
    call.reply(not_numeric);
    return nullptr;
  }
  sum = *value;
  call.noreply = read.quiet;
  return item;
}

// The slab class that memcached with its defaults would use: chunks grow by a quarter from 96.
int slab_class(std::size_t bytes) {
  int at = 1;
  for (std::size_t chunk = 96; chunk < bytes; ++at)
    chunk = (chunk * 5 / 4 + 7) / 8 * 8;
  return at;
}

}  // namespace

void meta_delete(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read) {
  if (has_long_opaque(flags)) return call.reply(memcache_bad_opaque);
  memcache_item* const item = call.items.find(read.key, call.now);
  const std::string tail = meta_echoes(flags, read);
  if (item == nullptr) return call.reply("NF" + tail);
  if (read.has_cas && item->cas != read.cas) return call.reply("EX" + tail);
  if (read.invalidate) {
    if (read.new_expiry) item->expires = read.expires;
    item->stale = true;
    item->token_sent = false;
    item->cas = call.items.next_cas();
  } else {
    call.items.erase(read.key, call.now);
  }
  call.noreply = read.quiet;
  call.reply("HD" + tail);
}

void meta_count(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read) {
  const bool up = read.mode == 0 || read.mode == 'I' || read.mode == '+';
  if (!up && read.mode != 'D' && read.mode != '-') {
    return call.reply("CLIENT_ERROR invalid mode for ma M token");
  }
  if (has_long_opaque(flags)) return call.reply(memcache_bad_opaque);
  bool is_new = false;
  std::uint64_t sum = 0;
  memcache_item* const item = counted(call, read, up, meta_echoes(flags, read), is_new, sum);
  if (item == nullptr) return;
  const std::string digits = meta_number(sum);
  std::string line = read.value ? "VA " + meta_number(digits.size()) : "HD";
  for (const std::string_view flag : flags) {
    if (flag[0] == 'T') item->expires = read.expires;
    if (flag[0] == 'N' && is_new) item->expires = read.vivify_expires;
    if (flag[0] == 'k') line += " " + memcache_meta_key(read.key, read.binary_key);
    if (std::string_view("ctO").contains(flag[0])) {
      line += meta_described(flag, read.key, *item, call.now);
    }
  }
  call.reply(line);
  if (read.value) call.reply(digits);
}

void meta_debug(memcache_call& call) {
  if (call.words.size() < 2 || call.has_long_key()) return call.reply(bad_format);
  std::string key(call.words[1]);
  if (call.words.size() > 2 && call.words[2] == "b") {
    auto decoded = from_base64(key);
    if (!decoded) return call.reply(bad_format);
    key = std::move(*decoded);
  }
  const memcache_item* const item = call.items.find(key, call.now);
  if (item == nullptr) return call.reply("EN");
  const auto seconds = [now = call.now](unix_ms moment) {
    return std::to_string(now / 1000 - moment / 1000);
  };
  const std::size_t bytes = memcache_item_bytes(key.size(), item->data.size(), item->flags);
  call.reply("ME " + (item->binary_key ? to_base64(key) : key) + " exp=" +
             (item->expires ? seconds(*item->expires) : "-1") + " la=" + seconds(item->accessed) +
             " cas=" + meta_number(item->cas) + " fetch=" + (item->fetched ? "yes" : "no") +
             " cls=" + std::to_string(slab_class(bytes)) + " size=" + meta_number(bytes));
}

void run_memcache_meta_command(memcache_call& call) {
  const char letter = call.words[0][1];
  if (letter == 'n') return call.reply("MN");
  if (letter == 'e') return meta_debug(call);
  if (!std::string_view("gsda").contains(letter) || call.words.size() < 2) {
    return call.reply("ERROR");
  }
  if (call.has_long_key()) return call.reply(bad_format);
  if (letter == 's') return meta_set(call);
  if (call.words.size() > memcache_meta_words_max) {
    return call.reply(letter == 'g' ? "CLIENT_ERROR options flags are too long"
                                    : "CLIENT_ERROR options flags too long");
  }
  const auto flags = call.words.subspan(2);
  const auto read = memcache_meta_flags::read(call.words[1], flags, call.now);
  if (letter == 'g') {
    return read.error.empty() ? meta_get(call, flags, read) : call.reply(read.error);
  }
  if (!read.error.empty()) return call.reply("CLIENT_ERROR invalid or duplicate flag");
  return letter == 'd' ? meta_delete(call, flags, read) : meta_count(call, flags, read);
}

}  // namespace dovetail::sim
