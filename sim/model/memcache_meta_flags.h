// The flags of memcached's meta commands.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/model/memcache_items.h"

namespace dovetail::sim {

// As _meta_flag_preparse in memcached 1.6.18, which all of mg, ms, md and ma share: a flag that is
// known for one of them is accepted and ignored by the others.
struct memcache_meta_flags {
  std::string key;  // decoded if it came in base64
  bool binary_key = false;
  bool quiet = false;
  bool value = false;
  bool no_update = false;
  bool vivify = false;
  bool invalidate = false;
  bool new_expiry = false;
  std::optional<unix_ms> expires;          // of T
  std::optional<unix_ms> vivify_expires;   // of N
  std::optional<unix_ms> recache_expires;  // of R
  std::uint32_t client_flags = 0;
  std::uint64_t cas = 0;
  bool has_cas = false;
  char mode = 0;
  std::uint64_t initial = 0;
  std::uint64_t delta = 1;

  std::string_view error;  // not empty: refused, and these are the words

  static memcache_meta_flags read(std::string_view key,
                                  std::span<const std::string_view> flags,
                                  unix_ms now);

 private:
  bool take(std::string_view flag, unix_ms now);
  void take_expiry(std::string_view text, unix_ms now, std::optional<unix_ms>& into);
  void take_counter(std::string_view text, std::uint64_t& into, std::string_view otherwise);
};

// "kKEY", or with a binary key "kBASE64 b".
std::string memcache_meta_key(std::string_view key, bool binary);

}  // namespace dovetail::sim
