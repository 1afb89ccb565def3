#include "sim/model/memcache_items.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

// Flags and expiry stay; marks of the old item go.
memcache_item joined(const memcache_item& old, std::string_view data, memcache_mode mode) {
  memcache_item made{.flags = old.flags, .expires = old.expires, .binary_key = old.binary_key};
  made.data.reserve(old.data.size() + data.size());
  if (mode == memcache_mode::prepend) made.data += data;
  made.data += old.data;
  if (mode == memcache_mode::append) made.data += data;
  return made;
}

}  // namespace

std::optional<unix_ms> memcache_expiry(std::int32_t seconds, unix_ms now) {
  constexpr std::int32_t relative_seconds_max = 60 * 60 * 24 * 30;
  if (seconds == 0) return std::nullopt;
  if (seconds < 0) return now;
  if (seconds > relative_seconds_max) return std::int64_t{seconds} * 1000;
  return (now / 1000 + seconds) * 1000;  // its clock ticks in seconds
}

std::size_t memcache_item_bytes(std::size_t key, std::size_t data, std::uint32_t flags) {
  constexpr std::size_t header_and_cas = 48 + 8;
  return header_and_cas + key + 1 + (flags == 0 ? 0 : 4) + data + 2;
}

bool memcache_too_large(std::size_t key, std::size_t data, std::uint32_t flags) {
  return memcache_item_bytes(key, data, flags) > std::size_t{1024} * 1024;
}

memcache_item* memcache_items::find(std::string_view key, unix_ms now) {
  flush_when_due(now);
  return items_.find(key, now);
}

memcache_item* memcache_items::fetch(std::string_view key, unix_ms now) {
  memcache_item* const item = find(key, now);
  if (item != nullptr) {
    item->fetched = true;
    item->accessed = now;
  }
  return item;
}

memcache_item& memcache_items::replace(std::string_view key, memcache_item item, unix_ms now) {
  item.cas = next_cas();
  item.accessed = now;
  return items_.put(key, std::move(item));
}

memcache_outcome memcache_items::put(memcache_mode mode,
                                     std::string_view key,
                                     memcache_item item,
                                     std::uint64_t cas,
                                     bool stale_allowed,
                                     unix_ms now) {
  memcache_item* const old = find(key, now);
  if (old != nullptr) return put_over(*old, mode, key, std::move(item), cas, stale_allowed, now);
  if (mode == memcache_mode::cas) return memcache_outcome::not_found;
  if (mode != memcache_mode::set && mode != memcache_mode::add) return memcache_outcome::not_stored;
  replace(key, std::move(item), now);
  return memcache_outcome::stored;
}

memcache_outcome memcache_items::put_over(const memcache_item& old,
                                          memcache_mode mode,
                                          std::string_view key,
                                          memcache_item item,
                                          std::uint64_t cas,
                                          bool stale_allowed,
                                          unix_ms now) {
  switch (mode) {
    case memcache_mode::add:
      return memcache_outcome::not_stored;
    case memcache_mode::append:
    case memcache_mode::prepend:
      if (cas != 0 && cas != old.cas) return memcache_outcome::exists;
      item = joined(old, item.data, mode);
      if (memcache_too_large(key.size(), item.data.size(), item.flags)) {
        return memcache_outcome::not_stored;
      }
      break;
    case memcache_mode::cas:
      if (cas != 0 && cas == old.cas) break;
      if (!stale_allowed || cas == 0 || cas > old.cas) return memcache_outcome::exists;
      item.stale = true;
      item.token_sent = old.token_sent;
      item.expires = old.expires;
      break;
    case memcache_mode::set:
    case memcache_mode::replace:
      break;
  }
  replace(key, std::move(item), now);
  return memcache_outcome::stored;
}

bool memcache_items::erase(std::string_view key, unix_ms now) {
  flush_when_due(now);
  return items_.erase(key, now);
}

void memcache_items::flush(unix_ms moment, unix_ms now) {
  next_cas();
  flush_at_ = moment;
  flush_when_due(now);
}

void memcache_items::flush_when_due(unix_ms now) {
  if (!flush_at_ || *flush_at_ > now) return;
  items_.clear();
  flush_at_.reset();
}

}  // namespace dovetail::sim
