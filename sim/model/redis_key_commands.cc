// Keys whatever they hold: there or not, and for how long. As redis 7.0, db.c and expire.c.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "base/text.h"
#include "sim/model/fields.h"
#include "sim/model/redis_commands.h"
#include "sim/model/redis_expiry.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

void count_keys(redis_call& call, bool (*counts)(redis_call&, const std::string&)) {
  std::int64_t count = 0;
  for (const std::string& key : call.words.subspan(1))
    count += counts(call, key);
  call.reply.integer(count);
}

void del(redis_call& call) {
  count_keys(call,
             [](redis_call& in, const std::string& key) { return in.keys().erase(key, in.now); });
}

void exists(redis_call& call) {
  count_keys(call, [](redis_call& in, const std::string& key) { return in.find(key) != nullptr; });
}

void type(redis_call& call) {
  const redis_value* const value = call.find(call.words[1]);
  if (value == nullptr) return call.reply.status("none");
  call.reply.status(std::holds_alternative<fields>(value->content) ? "hash" : "string");
}

// EXPIRE's NX, XX, GT and LT.
struct expire_conditions {
  bool if_none = false;
  bool if_any = false;
  bool if_later = false;
  bool if_sooner = false;

  bool take(std::string_view word) {
    if (equal_ignoring_case(word, "NX")) return if_none = true;
    if (equal_ignoring_case(word, "XX")) return if_any = true;
    if (equal_ignoring_case(word, "GT")) return if_later = true;
    if (equal_ignoring_case(word, "LT")) return if_sooner = true;
    return false;
  }

  // A key without expiry counts as living forever.
  bool allow(unix_ms moment, std::optional<unix_ms> current) const {
    if (if_none && current) return false;
    if (if_any && !current) return false;
    if (if_later && (!current || moment <= *current)) return false;
    return !if_sooner || !current || moment < *current;
  }
};

// Nothing when they make no sense: that was replied.
std::optional<expire_conditions> read_conditions(redis_call& call) {
  expire_conditions read;
  for (const std::string& word : call.words.subspan(3)) {
    if (read.take(word)) continue;
    call.reply.error("ERR Unsupported option " + word);
    return std::nullopt;
  }
  if (read.if_none && (read.if_any || read.if_later || read.if_sooner)) {
    call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return std::nullopt;
  }
  if (read.if_later && read.if_sooner) {
    call.reply.error("ERR GT and LT options at the same time are not compatible");
    return std::nullopt;
  }
  return read;
}

void expire_by(redis_call& call, time_unit unit) {
  const auto conditions = read_conditions(call);
  if (!conditions) return;
  const auto number = call.number(call.words[2]);
  if (!number) return;
  const auto moment = moment_of(*number, unit, call.now, false);
  if (!moment) return call.invalid_expire();
  redis_value* const value = call.find(call.words[1]);
  const bool allowed = value != nullptr && conditions->allow(*moment, value->expires);
  if (allowed) value->expires = moment;
  call.reply.integer(allowed);
}

void expire(redis_call& call) {
  expire_by(call, {.seconds = true, .absolute = false});
}
void pexpire(redis_call& call) {
  expire_by(call, {.seconds = false, .absolute = false});
}
void expireat(redis_call& call) {
  expire_by(call, {.seconds = true, .absolute = true});
}
void pexpireat(redis_call& call) {
  expire_by(call, {.seconds = false, .absolute = true});
}

// Replies -2 without a key, -1 without expiry, else what `of` makes of the moment.
void reply_moment(redis_call& call, std::int64_t (*of)(unix_ms moment, unix_ms now)) {
  const redis_value* const value = call.find(call.words[1]);
  if (value == nullptr) return call.reply.integer(-2);
  call.reply.integer(value->expires ? of(*value->expires, call.now) : -1);
}

void ttl(redis_call& call) {
  reply_moment(call, [](unix_ms moment, unix_ms now) { return (moment - now + 500) / 1000; });
}

void pttl(redis_call& call) {
  reply_moment(call, [](unix_ms moment, unix_ms now) { return moment - now; });
}

void expiretime(redis_call& call) {
  reply_moment(call, [](unix_ms moment, unix_ms) { return (moment + 500) / 1000; });
}

void pexpiretime(redis_call& call) {
  reply_moment(call, [](unix_ms moment, unix_ms) { return moment; });
}

void persist(redis_call& call) {
  redis_value* const value = call.find(call.words[1]);
  const bool had = value != nullptr && value->expires.has_value();
  if (had) value->expires.reset();
  call.reply.integer(had);
}

void dbsize(redis_call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.keys().size(call.now)));
}

// True for FLUSHALL's and FLUSHDB's one optional word, or none.
bool is_flush(redis_call& call) {
  const auto& words = call.words;
  const bool good =
      words.size() == 1 || (words.size() == 2 && (equal_ignoring_case(words[1], "ASYNC") ||
                                                  equal_ignoring_case(words[1], "SYNC")));
  if (!good) call.syntax_error();
  return good;
}

void flushdb(redis_call& call) {
  if (!is_flush(call)) return;
  call.keys().clear();
  call.reply.status("OK");
}

void flushall(redis_call& call) {
  if (!is_flush(call)) return;
  for (auto& database : call.data.databases)
    database.clear();
  call.reply.status("OK");
}

constexpr auto reads = redis_access::reads;
constexpr auto writes = redis_access::writes;

constexpr redis_command commands[] = {
    {"del", -2, writes, del, 1, -1, 1},
    {"unlink", -2, writes, del, 1, -1, 1},
    {"exists", -2, reads, exists, 1, -1, 1},
    {"touch", -2, reads, exists, 1, -1, 1},
    {"type", 2, reads, type, 1, 1, 1},
    {"expire", -3, writes, expire, 1, 1, 1},
    {"pexpire", -3, writes, pexpire, 1, 1, 1},
    {"expireat", -3, writes, expireat, 1, 1, 1},
    {"pexpireat", -3, writes, pexpireat, 1, 1, 1},
    {"ttl", 2, reads, ttl, 1, 1, 1},
    {"pttl", 2, reads, pttl, 1, 1, 1},
    {"expiretime", 2, reads, expiretime, 1, 1, 1},
    {"pexpiretime", 2, reads, pexpiretime, 1, 1, 1},
    {"persist", 2, writes, persist, 1, 1, 1},
    {"dbsize", 1, reads, dbsize},
    {"flushdb", -1, writes, flushdb},
    {"flushall", -1, writes, flushall},
};

}  // namespace

std::span<const redis_command> redis_key_commands() {
  return commands;
}

}  // namespace dovetail::sim
