#include "sim/model/memcache_meta.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/model/memcache_items.h"
#include "sim/model/memcache_meta_flags.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::size_t opaque_bytes_max = 32;  // its letter included

// What is left of an item's life, in whole seconds of memcached's clock.
std::string remaining(const memcache_item& item, unix_ms now) {
  return item.expires ? meta_number(static_cast<std::uint64_t>(*item.expires / 1000 - now / 1000))
                      : "-1";
}

}  // namespace

std::string meta_number(std::uint64_t number) {
  return std::string(decimal::of(number).text());
}

bool has_long_opaque(memcache_flag_words flags) {
  return std::ranges::any_of(flags, [](std::string_view flag) {
    return flag[0] == 'O' && flag.size() > opaque_bytes_max;
  });
}

std::string meta_echoes(memcache_flag_words flags, const memcache_meta_flags& read) {
  std::string text;
  for (const std::string_view flag : flags) {
    if (flag[0] == 'O') text += " " + std::string(flag);
    if (flag[0] == 'k') text += " " + memcache_meta_key(read.key, read.binary_key);
  }
  return text;
}

std::string meta_described(std::string_view flag,
                           std::string_view key,
                           const memcache_item& item,
                           unix_ms now) {
  switch (flag[0]) {
    case 's':
      return " s" + meta_number(item.data.size());
    case 't':
      return " t" + remaining(item, now);
    case 'c':
      return " c" + meta_number(item.cas);
    case 'f':
      return " f" + meta_number(item.flags);
    case 'l':
      return " l" + meta_number(static_cast<std::uint64_t>((now - item.accessed) / 1000));
    case 'h':
      return item.fetched ? " h1" : " h0";
    case 'O':
      return " " + std::string(flag);
    case 'k':
      return " " + memcache_meta_key(key, item.binary_key);
    default:
      return "";
  }
}

}  // namespace dovetail::sim
