// What the meta commands share. As memcached 1.6.18, proto_text.c, and doc/protocol.txt, "Meta
// Commands".

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/model/memcache_call.h"
#include "sim/model/memcache_meta_flags.h"

namespace dovetail::sim {

inline constexpr std::size_t memcache_meta_words_max = 19;

inline constexpr std::string_view memcache_bad_opaque = "CLIENT_ERROR opaque token too long";

using memcache_flag_words = std::span<const std::string_view>;

void meta_get(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read);
void meta_set(memcache_call& call);  // reads its own flags: they come after the size
void meta_delete(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read);
void meta_count(memcache_call& call, memcache_flag_words flags, const memcache_meta_flags& read);
void meta_debug(memcache_call& call);

// In decimal.
std::string meta_number(std::uint64_t number);

bool has_long_opaque(memcache_flag_words flags);

// " Oopaque" and " kkey" where the client put these flags: the part of a reply that does not
// depend on an item.
std::string meta_echoes(memcache_flag_words flags, const memcache_meta_flags& read);

// What a flag asks to know of an item, with a blank before it; empty for flags that ask nothing.
std::string meta_described(std::string_view flag,
                           std::string_view key,
                           const memcache_item& item,
                           unix_ms now);

}  // namespace dovetail::sim
