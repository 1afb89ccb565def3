// Hashes. As redis 7.0, t_hash.c.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/model/fields.h"
#include "sim/model/redis_commands.h"

namespace dovetail::sim {
namespace {

// Calls `use` with the fields at the key, null when there is no such key, unless it holds another
// type.
template <class Use>
void with_fields(redis_call& call, Use use) {
  if (const auto found = call.find_as<fields>(call.words[1])) use(*found);
}

// Calls `use` with the fields at the key, made when there are none, unless it holds another type.
template <class Use>
void with_new_fields(redis_call& call, Use use) {
  with_fields(call, [&](fields* found) {
    if (found == nullptr) {
      found = &std::get<fields>(call.keys().put(call.words[1], {.content = fields()}).content);
    }
    use(*found);
  });
}

void reply_field(redis_call& call, fields* in, std::string_view name) {
  const std::string* const value = in == nullptr ? nullptr : in->find(name);
  if (value == nullptr) return call.reply.null_bulk();
  call.reply.bulk(*value);
}

// Sets all pairs of a request; returns how many fields are new.
std::int64_t set_pairs(redis_call& call, fields& in) {
  std::int64_t added = 0;
  for (std::size_t at = 2; at < call.words.size(); at += 2) {
    added += in.set(call.words[at], call.words[at + 1]);
  }
  return added;
}

void hset(redis_call& call) {
  if (call.words.size() % 2 == 1) return call.wrong_arity();
  with_new_fields(call, [&](fields& in) { call.reply.integer(set_pairs(call, in)); });
}

void hmset(redis_call& call) {
  if (call.words.size() % 2 == 1) return call.wrong_arity();
  with_new_fields(call, [&](fields& in) {
    set_pairs(call, in);
    call.reply.status("OK");
  });
}

void hsetnx(redis_call& call) {
  with_new_fields(call, [&](fields& in) {
    const bool is_new = in.find(call.words[2]) == nullptr;
    if (is_new) in.set(call.words[2], call.words[3]);
    call.reply.integer(is_new);
  });
}

void hget(redis_call& call) {
  with_fields(call, [&](fields* in) { reply_field(call, in, call.words[2]); });
}

void hmget(redis_call& call) {
  with_fields(call, [&](fields* in) {
    call.reply.array(call.words.size() - 2);
    for (const std::string& name : call.words.subspan(2))
      reply_field(call, in, name);
  });
}

void hdel(redis_call& call) {
  with_fields(call, [&](fields* in) {
    std::int64_t count = 0;
    for (const std::string& name : call.words.subspan(2))
      count += in != nullptr && in->erase(name);
    if (in != nullptr && in->empty()) call.keys().erase(call.words[1], call.now);
    call.reply.integer(count);
  });
}

void reply_all(redis_call& call, bool names, bool values) {
  with_fields(call, [&](fields* in) {
    call.reply.array(in == nullptr ? 0 : in->size() * (names && values ? 2 : 1));
    if (in == nullptr) return;
    for (const auto& [name, value] : *in) {
      if (names) call.reply.bulk(name);
      if (values) call.reply.bulk(value);
    }
  });
}

void hgetall(redis_call& call) {
  reply_all(call, true, true);
}
void hkeys(redis_call& call) {
  reply_all(call, true, false);
}
void hvals(redis_call& call) {
  reply_all(call, false, true);
}

void hlen(redis_call& call) {
  with_fields(call, [&](fields* in) {
    call.reply.integer(in == nullptr ? 0 : static_cast<std::int64_t>(in->size()));
  });
}

void hexists(redis_call& call) {
  with_fields(call, [&](fields* in) {
    call.reply.integer(in != nullptr && in->find(call.words[2]) != nullptr);
  });
}

void hstrlen(redis_call& call) {
  with_fields(call, [&](fields* in) {
    const std::string* const value = in == nullptr ? nullptr : in->find(call.words[2]);
    call.reply.integer(value == nullptr ? 0 : static_cast<std::int64_t>(value->size()));
  });
}

void hincrby(redis_call& call) {
  const auto by = call.number(call.words[3]);
  if (!by) return;
  with_new_fields(call, [&](fields& in) {
    const std::string* const value = in.find(call.words[2]);
    const auto old = value == nullptr ? 0 : parse_signed_strict(*value);
    std::int64_t sum = 0;
    if (!old) return call.reply.error("ERR hash value is not an integer");
    if (__builtin_add_overflow(*old, *by, &sum)) {
      return call.reply.error("ERR increment or decrement would overflow");
    }
    in.set(call.words[2], std::to_string(sum));
    call.reply.integer(sum);
  });
}

constexpr auto reads = redis_access::reads;
constexpr auto writes = redis_access::writes;

constexpr redis_command commands[] = {
    {"hset", -4, writes, hset, 1, 1, 1},      {"hmset", -4, writes, hmset, 1, 1, 1},
    {"hsetnx", 4, writes, hsetnx, 1, 1, 1},   {"hget", 3, reads, hget, 1, 1, 1},
    {"hmget", -3, reads, hmget, 1, 1, 1},     {"hdel", -3, writes, hdel, 1, 1, 1},
    {"hgetall", 2, reads, hgetall, 1, 1, 1},  {"hkeys", 2, reads, hkeys, 1, 1, 1},
    {"hvals", 2, reads, hvals, 1, 1, 1},      {"hlen", 2, reads, hlen, 1, 1, 1},
    {"hexists", 3, reads, hexists, 1, 1, 1},  {"hstrlen", 3, reads, hstrlen, 1, 1, 1},
    {"hincrby", 4, writes, hincrby, 1, 1, 1},
};

}  // namespace

std::span<const redis_command> redis_hash_commands() {
  return commands;
}

}  // namespace dovetail::sim
