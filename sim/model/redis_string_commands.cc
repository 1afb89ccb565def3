// Strings: one key's value set, read and changed. Texts and edge cases as redis 7.0, t_string.c.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "sim/model/redis_commands.h"
#include "sim/model/redis_expiry.h"
#include "sim/model/redis_options.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::int64_t string_bytes_max = std::int64_t{512} * 1024 * 1024;  // proto-max-bulk-len

void reply_string(redis_call& call, const std::string* found) {
  if (found == nullptr) return call.reply.null_bulk();
  call.reply.bulk(*found);
}

void store_string(redis_call& call,
                  std::string_view key,
                  std::string_view bytes,
                  std::optional<unix_ms> expires = std::nullopt) {
  call.keys().put(key, {.content = std::string(bytes), .expires = expires});
}

// The string at `key`, made empty when there is none. Null when it holds another type: that was
// replied.
std::string* find_or_make(redis_call& call, std::string_view key) {
  const auto found = call.find_as<std::string>(key);
  if (!found) return nullptr;
  if (*found != nullptr) return *found;
  return std::get_if<std::string>(&call.keys().put(key, {}).content);
}

void get(redis_call& call) {
  if (const auto found = call.find_as<std::string>(call.words[1])) reply_string(call, *found);
}

void set(redis_call& call) {
  const std::string& key = call.words[1];
  const auto options = redis_options::read(call.words.subspan(3), redis_options::of::set);
  if (!options) return call.syntax_error();
  std::optional<unix_ms> expires;
  if (options->unit) {
    expires = read_moment(call, options->moment, *options->unit);
    if (!expires) return;
  }
  if (options->get) {
    const auto old = call.find_as<std::string>(key);
    if (!old) return;
    reply_string(call, *old);
  }
  const redis_value* const old = call.find(key);
  if ((options->if_missing && old != nullptr) || (options->if_there && old == nullptr)) {
    if (!options->get) call.reply.null_bulk();
    return;
  }
  if (options->keep_ttl && old != nullptr) expires = old->expires;
  store_string(call, key, call.words[2], expires);
  if (!options->get) call.reply.status("OK");
}

void setnx(redis_call& call) {
  const bool is_new = call.find(call.words[1]) == nullptr;
  if (is_new) store_string(call, call.words[1], call.words[2]);
  call.reply.integer(is_new);
}

void set_for(redis_call& call, time_unit unit) {
  const auto expires = read_moment(call, call.words[2], unit);
  if (!expires) return;
  store_string(call, call.words[1], call.words[3], expires);
  call.reply.status("OK");
}

void setex(redis_call& call) {
  set_for(call, {.seconds = true, .absolute = false});
}

void psetex(redis_call& call) {
  set_for(call, {.seconds = false, .absolute = false});
}

void getset(redis_call& call) {
  const auto old = call.find_as<std::string>(call.words[1]);
  if (!old) return;
  reply_string(call, *old);
  store_string(call, call.words[1], call.words[2]);
}

void getdel(redis_call& call) {
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  reply_string(call, *found);
  call.keys().erase(call.words[1], call.now);
}

void getex(redis_call& call) {
  const auto options = redis_options::read(call.words.subspan(2), redis_options::of::getex);
  if (!options) return call.syntax_error();
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  if (*found == nullptr) return call.reply.null_bulk();
  std::optional<unix_ms> expires;
  if (options->unit) {
    expires = read_moment(call, options->moment, *options->unit);
    if (!expires) return;
  }
  call.reply.bulk(**found);
  if (expires || options->persist) call.find(call.words[1])->expires = expires;
}

void append(redis_call& call) {
  std::string* const value = find_or_make(call, call.words[1]);
  if (value == nullptr) return;
  *value += call.words[2];
  call.reply.integer(static_cast<std::int64_t>(value->size()));
}

void strlen(redis_call& call) {
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  call.reply.integer(*found == nullptr ? 0 : static_cast<std::int64_t>((*found)->size()));
}

void getrange(redis_call& call) {
  const auto start = call.number(call.words[2]);
  if (!start) return;
  const auto end = call.number(call.words[3]);
  if (!end) return;
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  const auto size = *found == nullptr ? 0 : static_cast<std::int64_t>((*found)->size());
  if (size == 0 || (*start < 0 && *end < 0 && *start > *end)) return call.reply.bulk("");
  const auto first = std::max<std::int64_t>(*start < 0 ? *start + size : *start, 0);
  auto last = std::max<std::int64_t>(*end < 0 ? *end + size : *end, 0);
  last = std::min(last, size - 1);
  if (first > last) return call.reply.bulk("");
  call.reply.bulk(std::string_view(**found).substr(static_cast<std::size_t>(first),
                                                   static_cast<std::size_t>(last - first + 1)));
}

void setrange(redis_call& call) {
  const auto offset = call.number(call.words[2]);
  if (!offset) return;
  if (*offset < 0) return call.reply.error("ERR offset is out of range");
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  const std::string& bytes = call.words[3];
  if (bytes.empty()) return strlen(call);
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (*offset > string_bytes_max - size) {
    return call.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
  std::string& value = *find_or_make(call, call.words[1]);
  const auto first = static_cast<std::size_t>(*offset);
  value.resize(std::max(value.size(), first + bytes.size()));
  value.replace(first, bytes.size(), bytes);
  call.reply.integer(static_cast<std::int64_t>(value.size()));
}

// Adds to the number at `key`, which is zero when there is none.
void add(redis_call& call, std::int64_t by) {
  const auto found = call.find_as<std::string>(call.words[1]);
  if (!found) return;
  const auto old = *found == nullptr ? 0 : call.number(**found);
  if (!old) return;
  std::int64_t sum = 0;
  if (__builtin_add_overflow(*old, by, &sum)) {
    return call.reply.error("ERR increment or decrement would overflow");
  }
  *find_or_make(call, call.words[1]) = std::to_string(sum);
  call.reply.integer(sum);
}

void incr(redis_call& call) {
  add(call, 1);
}

void decr(redis_call& call) {
  add(call, -1);
}

void incrby(redis_call& call) {
  if (const auto by = call.number(call.words[2])) add(call, *by);
}

void decrby(redis_call& call) {
  const auto by = call.number(call.words[2]);
  if (!by) return;
  if (*by == std::numeric_limits<std::int64_t>::min()) {
    return call.reply.error("ERR decrement would overflow");
  }
  add(call, -*by);
}

void mget(redis_call& call) {
  call.reply.array(call.words.size() - 1);
  for (const std::string& key : call.words.subspan(1)) {
    redis_value* const value = call.find(key);
    reply_string(call, value == nullptr ? nullptr : std::get_if<std::string>(&value->content));
  }
}

// False when a key has no value: that was replied.
bool in_pairs(redis_call& call) {
  if (call.words.size() % 2 == 0) call.wrong_arity();
  return call.words.size() % 2 == 1;
}

void store_pairs(redis_call& call) {
  for (std::size_t at = 1; at < call.words.size(); at += 2) {
    store_string(call, call.words[at], call.words[at + 1]);
  }
}

void mset(redis_call& call) {
  if (!in_pairs(call)) return;
  store_pairs(call);
  call.reply.status("OK");
}

void msetnx(redis_call& call) {
  if (!in_pairs(call)) return;
  for (std::size_t at = 1; at < call.words.size(); at += 2) {
    if (call.find(call.words[at]) != nullptr) return call.reply.integer(0);
  }
  store_pairs(call);
  call.reply.integer(1);
}

constexpr auto reads = redis_access::reads;
constexpr auto writes = redis_access::writes;

constexpr redis_command commands[] = {
    {"get", 2, reads, get, 1, 1, 1},           {"set", -3, writes, set, 1, 1, 1},
    {"setnx", 3, writes, setnx, 1, 1, 1},      {"setex", 4, writes, setex, 1, 1, 1},
    {"psetex", 4, writes, psetex, 1, 1, 1},    {"getset", 3, writes, getset, 1, 1, 1},
    {"getdel", 2, writes, getdel, 1, 1, 1},    {"getex", -2, writes, getex, 1, 1, 1},
    {"append", 3, writes, append, 1, 1, 1},    {"strlen", 2, reads, strlen, 1, 1, 1},
    {"getrange", 4, reads, getrange, 1, 1, 1}, {"setrange", 4, writes, setrange, 1, 1, 1},
    {"incr", 2, writes, incr, 1, 1, 1},        {"decr", 2, writes, decr, 1, 1, 1},
    {"incrby", 3, writes, incrby, 1, 1, 1},    {"decrby", 3, writes, decrby, 1, 1, 1},
    {"mget", -2, reads, mget, 1, -1, 1},       {"mset", -3, writes, mset, 1, -1, 2},
    {"msetnx", -3, writes, msetnx, 1, -1, 2},
};

}  // namespace

std::span<const redis_command> redis_string_commands() {
  return commands;
}

}  // namespace dovetail::sim
