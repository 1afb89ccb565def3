// The classic commands. Texts and edge cases as memcached 1.6.18, proto_text.c, and
// doc/protocol.txt.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view bad_format = "CLIENT_ERROR bad command line format";
constexpr std::string_view bad_expiry = "CLIENT_ERROR invalid exptime argument";

// Words after the key that are not "noreply" are ignored by most commands.
void take_noreply(memcache_call& call) {
  call.noreply = call.words.back() == "noreply";
}

struct command {
  std::string_view name;
  std::size_t words_min;
  std::size_t words_max;
  void (*run)(memcache_call&);
};

constexpr std::size_t any_words = std::numeric_limits<std::size_t>::max();

void append_value(memcache_call& call,
                  std::string_view key,
                  const memcache_item& item,
                  bool with_cas) {
  call.out.append("VALUE ");
  call.out.append(key);
  call.out.append(" ");
  call.out.append(decimal::of(std::uint64_t{item.flags}).text());
  call.out.append(" ");
  call.out.append(decimal::of(item.data.size()).text());
  if (with_cas) {
    call.out.append(" ");
    call.out.append(decimal::of(item.cas).text());
  }
  call.out.append("\r\n");
  call.out.append(item.data);
  call.out.append("\r\n");
}

// A key that is too long fails the request as a whole; keys before it were fetched all the same.
void retrieve(memcache_call& call,
              std::span<const std::string_view> keys,
              bool with_cas,
              std::optional<std::int32_t> touch) {
  if (std::ranges::any_of(keys, [](auto key) { return key.size() > memcache_key_bytes_max; })) {
    return call.reply(bad_format);
  }
  for (const std::string_view key : keys) {
    memcache_item* const item = call.items.fetch(key, call.now);
    if (item == nullptr) continue;
    if (touch) item->expires = memcache_expiry(*touch, call.now);
    append_value(call, key, *item, with_cas);
  }
  call.reply("END");
}

void get(memcache_call& call) {
  retrieve(call, call.words.subspan(1), false, std::nullopt);
}
void gets(memcache_call& call) {
  retrieve(call, call.words.subspan(1), true, std::nullopt);
}

void retrieve_and_touch(memcache_call& call, bool with_cas) {
  const auto seconds = memcache_int(call.words[1]);
  if (!seconds) return call.reply(bad_expiry);
  retrieve(call, call.words.subspan(2), with_cas, seconds);
}

void gat(memcache_call& call) {
  retrieve_and_touch(call, false);
}
void gats(memcache_call& call) {
  retrieve_and_touch(call, true);
}

void remove(memcache_call& call) {
  const auto& words = call.words;
  take_noreply(call);
  const bool zero = words.size() > 2 && words[2] == "0";
  const bool good = words.size() == 2 || (words.size() == 3 && (zero || call.noreply)) ||
                    (words.size() == 4 && zero && call.noreply);
  if (words.size() == 2) call.noreply = false;
  if (!good) {
    return call.reply("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]");
  }
  if (call.has_long_key()) return call.reply(bad_format);
  call.reply(call.items.erase(words[1], call.now) ? "DELETED" : "NOT_FOUND");
}

void arithmetic(memcache_call& call, bool up) {
  take_noreply(call);
  if (call.has_long_key()) return call.reply(bad_format);
  const auto by = memcache_counter(call.words[2]);
  if (!by) return call.reply("CLIENT_ERROR invalid numeric delta argument");
  memcache_item* const item = call.items.find(call.words[1], call.now);
  if (item == nullptr) return call.reply("NOT_FOUND");
  const auto value = memcache_add(call.items, *item, up, *by);
  if (!value) {
    return call.reply("CLIENT_ERROR cannot increment or decrement non-numeric value");
  }
  call.reply(decimal::of(*value).text());
}

void incr(memcache_call& call) {
  arithmetic(call, true);
}
void decr(memcache_call& call) {
  arithmetic(call, false);
}

void touch(memcache_call& call) {
  take_noreply(call);
  if (call.has_long_key()) return call.reply(bad_format);
  const auto seconds = memcache_int(call.words[2]);
  if (!seconds) return call.reply(bad_expiry);
  memcache_item* const item = call.items.fetch(call.words[1], call.now);
  if (item != nullptr) item->expires = memcache_expiry(*seconds, call.now);
  call.reply(item != nullptr ? "TOUCHED" : "NOT_FOUND");
}

void flush_all(memcache_call& call) {
  take_noreply(call);
  std::int32_t delay = 0;
  if (call.words.size() != (call.noreply ? 2U : 1U)) {
    const auto seconds = memcache_int(call.words[1]);
    if (!seconds) return call.reply(bad_expiry);
    delay = *seconds;
  }
  const auto moment = delay > 0 ? memcache_expiry(delay, call.now) : call.now;
  call.items.flush(*moment, call.now);
  call.reply("OK");
}

void version(memcache_call& call) {
  call.reply("VERSION 1.6.18");
}

void verbosity(memcache_call& call) {
  take_noreply(call);
  call.reply(memcache_flags(call.words[1]) ? "OK" : bad_format);
}

void quit(memcache_call& call) {
  call.closing = true;
}

void stats(memcache_call& call) {
  if (call.words.size() == 1) {
    call.reply("STAT version 1.6.18");
    call.reply("STAT curr_items " + std::to_string(call.items.size(call.now)));
    return call.reply("END");
  }
  if (call.words[1] == "reset") return call.reply("RESET");
  if (call.words[1] == "settings" || call.words[1] == "items" || call.words[1] == "slabs") {
    return call.reply("END");
  }
  call.reply("ERROR");
}

template <memcache_mode Mode>
void store_as(memcache_call& call) {
  take_noreply(call);
  begin_memcache_upload(call, Mode);
}

constexpr command commands[] = {
    {"get", 2, any_words, get},
    {"gets", 2, any_words, gets},
    {"gat", 2, any_words, gat},
    {"gats", 2, any_words, gats},
    {"set", 5, 6, store_as<memcache_mode::set>},
    {"add", 5, 6, store_as<memcache_mode::add>},
    {"replace", 5, 6, store_as<memcache_mode::replace>},
    {"append", 5, 6, store_as<memcache_mode::append>},
    {"prepend", 5, 6, store_as<memcache_mode::prepend>},
    {"cas", 6, 7, store_as<memcache_mode::cas>},
    {"delete", 2, 4, remove},
    {"incr", 3, 4, incr},
    {"decr", 3, 4, decr},
    {"touch", 3, 4, touch},
    {"flush_all", 1, 3, flush_all},
    {"version", 1, any_words, version},
    {"verbosity", 2, 3, verbosity},
    {"stats", 1, any_words, stats},
    {"quit", 1, any_words, quit},
};

}  // namespace

void run_memcache_command(memcache_call& call) {
  const std::string_view name = call.words[0];
  if (name.size() == 2 && name[0] == 'm') return run_memcache_meta_command(call);
  const auto* const at = std::ranges::find(commands, name, &command::name);
  const std::size_t words = call.words.size();
  if (at == std::end(commands) || words < at->words_min || words > at->words_max) {
    return call.reply("ERROR");
  }
  at->run(call);
}

}  // namespace dovetail::sim
