// mg: get, and the marks by which clients agree on who recaches.

#include <string>
#include <string_view>

#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"
#include "sim/model/memcache_meta.h"
#include "sim/model/memcache_meta_flags.h"

namespace dovetail::sim {
namespace {

// What mg's T, N and R do on a hit, in the order in which the client wrote them. Returns whether
// the client wins the right to recache.
bool update_on_hit(std::string_view flag,
                   const memcache_meta_flags& read,
                   memcache_item& item,
                   bool is_new) {
  if (flag[0] == 'T') item.expires = read.expires;
  if (flag[0] == 'N' && is_new) item.expires = read.vivify_expires;
  if (flag[0] == 'N') return is_new;
  return flag[0] == 'R' && !item.token_sent && !is_new && item.expires && read.recache_expires &&
         *item.expires < *read.recache_expires;
}

// The end of mg's line: a token was sent before, the item is stale, this client won.
std::string recache_marks(memcache_item& item, bool won) {
  std::string marks;
  if (item.token_sent) marks += " Z";
  if (item.stale) marks += " X";
  if (item.stale && !item.token_sent) won = true;
  if (won) marks += " W";
  item.token_sent = item.token_sent || won;
  return marks;
}

}  // namespace

void meta_get(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read) {
  if (has_long_opaque(flags)) return call.reply_anyway(memcache_bad_opaque);
  memcache_item* item = call.items.find(read.key, call.now);
  const bool is_new = item == nullptr && read.vivify;
  if (is_new) item = &call.items.replace(read.key, {}, call.now);
  if (item == nullptr) {
    call.noreply = read.quiet;
    return call.reply("EN" + meta_echoes(flags, read));
  }
  std::string line = read.value ? "VA " + meta_number(item->data.size()) : "HD";
  bool won = false;
  for (const std::string_view flag : flags) {
    won = update_on_hit(flag, read, *item, is_new) || won;
    line += meta_described(flag, read.key, *item, call.now);
  }
  line += recache_marks(*item, won);
  call.reply(line);
  if (read.value) call.reply(item->data);
  if (!read.no_update) call.items.fetch(read.key, call.now);
}

}  // namespace dovetail::sim
