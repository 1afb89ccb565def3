// What a model memcached keeps, and the rules by which it is replaced.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/store.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {

struct memcache_item {
  std::string data = {};
  std::uint32_t flags = 0;
  std::uint64_t cas = 0;
  std::optional<unix_ms> expires = {};
  unix_ms accessed = 0;
  bool fetched = false;
  bool stale = false;       // meta: marked by md's I
  bool token_sent = false;  // meta: some client was told that it won the right to recache
  bool binary_key = false;  // meta: the key came, and goes, in base64
};

enum class memcache_mode { set, add, replace, append, prepend, cas };

enum class memcache_outcome { stored, not_stored, exists, not_found };

// When an item asked for `seconds` expires: as memcached's realtime(). Zero is never, negative is
// at once, up to thirty days are from now, more are since 1970.
std::optional<unix_ms> memcache_expiry(std::int32_t seconds, unix_ms now);

// What an item takes of memcached's memory, its header and cas unique included.
std::size_t memcache_item_bytes(std::size_t key, std::size_t data, std::uint32_t flags);

// True when that is more than memcached's default limit of a megabyte.
bool memcache_too_large(std::size_t key, std::size_t data, std::uint32_t flags);

// As do_store_item and its neighbours in memcached 1.6.18. Each change of an item takes the next
// cas unique, counted from one, and so does a flush.
class memcache_items {
 public:
  memcache_item* find(std::string_view key, unix_ms now);

  // As find, and remembers that the item was asked for.
  memcache_item* fetch(std::string_view key, unix_ms now);

  // `cas` zero compares nothing. `stale_allowed`: an older `cas` stores too, as stale (ms's I).
  memcache_outcome put(memcache_mode mode,
                       std::string_view key,
                       memcache_item item,
                       std::uint64_t cas,
                       bool stale_allowed,
                       unix_ms now);

  // Puts without asking.
  memcache_item& replace(std::string_view key, memcache_item item, unix_ms now);

  bool erase(std::string_view key, unix_ms now);

  // All that is there at `moment` goes then: at once when it is not in the future.
  void flush(unix_ms moment, unix_ms now);

  std::uint64_t next_cas() { return ++cas_; }

  // Walks over all items.
  std::size_t size(unix_ms now) { return items_.size(now); }

 private:
  void flush_when_due(unix_ms now);
  memcache_outcome put_over(const memcache_item& old,
                            memcache_mode mode,
                            std::string_view key,
                            memcache_item item,
                            std::uint64_t cas,
                            bool stale_allowed,
                            unix_ms now);

  store<memcache_item> items_;
  std::uint64_t cas_ = 0;
  std::optional<unix_ms> flush_at_;
};

}  // namespace dovetail::sim
