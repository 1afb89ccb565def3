// KEYS and SCAN: what keys there are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "sim/model/glob.h"
#include "sim/model/redis_commands.h"

namespace dovetail::sim {
namespace {

void keys(redis_call& call) {
  std::vector<std::string_view> found;
  call.keys().for_each(call.now, [&](std::string_view key, const redis_value&) {
    if (matches_glob(call.words[1], key)) found.push_back(key);
  });
  call.reply.array(found.size());
  for (const std::string_view key : found)
    call.reply.bulk(key);
}

struct scan_options {
  std::uint64_t cursor = 0;
  std::string_view pattern = "*";
  std::int64_t count = 10;
  std::string_view type;  // empty: any

  bool wants(std::string_view key, const redis_value& value) const {
    const bool is_text = std::holds_alternative<std::string>(value.content);
    const bool typed = type.empty() || equal_ignoring_case(type, is_text ? "string" : "hash");
    return typed && matches_glob(pattern, key);
  }
};

// As redis 7.0 db.c, scanGenericCommand. Nothing when something is wrong: that was replied.
std::optional<scan_options> read_options(redis_call& call) {
  const auto& words = call.words;
  scan_options made;
  const auto cursor = parse_unsigned(words[1], std::numeric_limits<std::uint64_t>::max());
  if (!cursor) {
    call.reply.error("ERR invalid cursor");
    return std::nullopt;
  }
  made.cursor = *cursor;
  for (std::size_t at = 2; at < words.size(); at += 2) {
    const bool has_value = at + 1 < words.size();
    if (has_value && equal_ignoring_case(words[at], "count")) {
      const auto count = call.number(words[at + 1]);
      if (!count) return std::nullopt;
      made.count = *count;
    } else if (has_value && equal_ignoring_case(words[at], "match")) {
      made.pattern = words[at + 1];
    } else if (has_value && equal_ignoring_case(words[at], "type")) {
      made.type = words[at + 1];
    } else {
      made.count = 0;
    }
    if (made.count >= 1) continue;
    call.syntax_error();
    return std::nullopt;
  }
  return made;
}

// Never 0: that is the cursor at which a scan begins.
std::uint32_t place_of(std::string_view key) {
  std::uint32_t hash = 2166136261U;
  for (const char c : key)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return std::max(hash, 1U);
}

// In the order of the keys' hashes: where a key is in it does not depend on the others, so that
// none is missed. The cursor is the last hash that was told; keys that share one go together.
void scan(redis_call& call) {
  const auto asked = read_options(call);
  if (!asked) return;
  std::vector<std::pair<std::uint32_t, std::string_view>> ahead;
  call.keys().for_each(call.now, [&](std::string_view key, const redis_value&) {
    if (const std::uint32_t place = place_of(key); place > asked->cursor) {
      ahead.emplace_back(place, key);
    }
  });
  std::ranges::sort(ahead);
  auto end = std::min(ahead.size(), static_cast<std::size_t>(asked->count));
  while (end > 0 && end < ahead.size() && ahead[end].first == ahead[end - 1].first)
    ++end;
  std::vector<std::string_view> page;
  for (const auto& [place, key] : std::span(ahead).first(end)) {
    if (asked->wants(key, *call.find(key))) page.push_back(key);
  }
  const std::uint64_t next = end < ahead.size() ? ahead[end - 1].first : 0;
  call.reply.array(2);
  call.reply.bulk(decimal::of(next).text());
  call.reply.array(page.size());
  for (const std::string_view key : page)
    call.reply.bulk(key);
}

constexpr redis_command commands[] = {
    {"keys", 2, redis_access::reads, keys},
    {"scan", -2, redis_access::reads, scan},
};

}  // namespace

std::span<const redis_command> redis_keyspace_commands() {
  return commands;
}

}  // namespace dovetail::sim
