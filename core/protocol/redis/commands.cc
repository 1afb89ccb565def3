#include "protocol/redis/commands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "base/text.h"
#include "protocol/redis/shapes.h"

namespace dovetail::redis {
namespace {

// Where keys are.

constexpr key_rule::kind range_kind = key_rule::kind::range;
constexpr key_rule no_keys;
constexpr key_rule one_key{range_kind, 1, 1, 1};
constexpr key_rule two_keys{range_kind, 1, 2, 1};
constexpr key_rule all_keys{range_kind, 1, -1, 1};
constexpr key_rule key_value_pairs{range_kind, 1, -1, 2};
constexpr key_rule key_behind_subcommand{range_kind, 2, 2, 1};
constexpr key_rule script_keys{key_rule::kind::counted, 2, 0, 0};
constexpr key_rule store_counted{key_rule::kind::store_counted, 2, 0, 0};
constexpr key_rule sort{key_rule::kind::sort, 1, 0, 0};
constexpr key_rule georadius{key_rule::kind::georadius, 1, 0, 0};
constexpr key_rule migrate{key_rule::kind::migrate, 3, 0, 0};
constexpr key_rule streams{key_rule::kind::streams, 0, 0, 0};

constexpr key_rule counted(std::int8_t at) {
  return {key_rule::kind::counted, at, 0, 0};
}

// Why a command is not supported.

constexpr std::string_view blocks = "it blocks a connection that others share";
constexpr std::string_view of_a_connection =
    "it speaks of, or changes, a connection that others share";
constexpr std::string_view of_a_server = "it speaks of one server's whole data, not of a key";
constexpr std::string_view administers = "it administers a server";
constexpr std::string_view one_database = "there is one database";
constexpr std::string_view transaction = "a transaction needs a connection of its own";
constexpr std::string_view subscription = "a subscription needs a connection of its own";
constexpr std::string_view publishing = "publishers and subscribers may be at different servers";
constexpr std::string_view replication = "a replica needs a connection of its own";

// Kinds of rows.

constexpr command writes(std::string_view name,
                         std::int8_t arity,
                         key_rule keys,
                         std::uint32_t shapes) {
  return {.name = name,
          .arity = arity,
          .handled = handling::forward,
          .keys = keys,
          .how = {.shapes = shapes}};
}

constexpr command reads(std::string_view name,
                        std::int8_t arity,
                        key_rule keys,
                        std::uint32_t shapes) {
  command row = writes(name, arity, keys, shapes);
  row.idempotent = true;
  return row;
}

constexpr command local(std::string_view name, std::int8_t arity, key_rule keys) {
  return {.name = name, .arity = arity, .handled = handling::local, .keys = keys};
}

constexpr command refused(std::string_view name,
                          std::int8_t arity,
                          key_rule keys,
                          std::string_view reason) {
  return {.name = name, .arity = arity, .keys = keys, .reason = reason};
}

constexpr command divided(command row, join_kind join) {
  row.split = row.keys.step == 2 ? split_kind::pairs : split_kind::keys;
  row.how.join = join;
  if (join != join_kind::ok) row.how.elements = element_count::keys;
  return row;
}

constexpr command counts(command row, element_count elements) {
  row.how.elements = elements;
  return row;
}

constexpr command each_is(std::uint32_t shapes, command row) {
  row.how.of = shapes;
  return row;
}

constexpr manner by_everyone(join_kind join, std::uint32_t shapes, std::uint32_t of = 0) {
  return {.to = reach::everyone, .join = join, .shapes = shapes, .of = of};
}

// A cursor and the page.
constexpr std::uint32_t page_elements = shape::bulk | shape::array;

// One server's page, and the cursor that goes on from it.
constexpr manner scanned{.to = reach::cursor,
                         .join = join_kind::page,
                         .shapes = shape::array | shape::page,
                         .elements = element_count::two,
                         .of = page_elements};

constexpr command answered(command row, const manner& how) {
  row.how = how;
  return row;
}

constexpr command with_reason(command row, std::string_view reason) {
  row.reason = reason;
  return row;
}

constexpr command container(command row) {
  row.container = true;
  return row;
}

constexpr command table[] = {
    {},  // unknown_command
    container(refused("acl", -2, no_keys, administers)),
    writes("append", 3, one_key, shape::integer),
    refused("asking", 1, no_keys, of_a_connection),
    local("auth", -2, no_keys),
    refused("bgrewriteaof", 1, no_keys, administers),
    refused("bgsave", -1, no_keys, administers),
    reads("bitcount", -2, one_key, shape::integer),
    writes("bitfield", -2, one_key, shape::array),
    reads("bitfield_ro", -2, one_key, shape::array),
    writes("bitop", -4, {range_kind, 2, -1, 1}, shape::integer),
    reads("bitpos", -3, one_key, shape::integer),
    refused("blmove", 6, two_keys, blocks),
    refused("blmpop", -5, counted(2), blocks),
    refused("blpop", -3, {range_kind, 1, -2, 1}, blocks),
    refused("brpop", -3, {range_kind, 1, -2, 1}, blocks),
    refused("brpoplpush", 4, two_keys, blocks),
    refused("bzmpop", -5, counted(2), blocks),
    refused("bzpopmax", -3, {range_kind, 1, -2, 1}, blocks),
    refused("bzpopmin", -3, {range_kind, 1, -2, 1}, blocks),
    container(with_reason(local("client", -2, no_keys), of_a_connection)),
    container(refused("cluster", -2, no_keys, of_a_server)),
    container(
        with_reason(local("command", -1, no_keys), "the proxy answers only parts of this command")),
    container(refused("config", -2, no_keys, administers)),
    writes("copy", -3, two_keys, shape::integer),
    answered(reads("dbsize", 1, no_keys, 0), by_everyone(join_kind::sum, shape::integer)),
    refused("debug", -2, no_keys, administers),
    writes("decr", 2, one_key, shape::integer),
    writes("decrby", 3, one_key, shape::integer),
    divided(writes("del", -2, all_keys, shape::integer), join_kind::sum),
    refused("discard", 1, no_keys, transaction),
    reads("dump", 2, one_key, shape::value),
    local("echo", 2, no_keys),
    writes("eval", -3, script_keys, shape::any),
    reads("eval_ro", -3, script_keys, shape::any),
    writes("evalsha", -3, script_keys, shape::any),
    reads("evalsha_ro", -3, script_keys, shape::any),
    refused("exec", 1, no_keys, transaction),
    divided(reads("exists", -2, all_keys, shape::integer), join_kind::sum),
    writes("expire", -3, one_key, shape::integer),
    writes("expireat", -3, one_key, shape::integer),
    reads("expiretime", 2, one_key, shape::integer),
    refused("failover", -1, no_keys, administers),
    writes("fcall", -3, script_keys, shape::any),
    reads("fcall_ro", -3, script_keys, shape::any),
    answered(writes("flushall", -1, no_keys, 0), by_everyone(join_kind::ok, shape::status)),
    answered(writes("flushdb", -1, no_keys, 0), by_everyone(join_kind::ok, shape::status)),
    container(with_reason(writes("function", -2, no_keys, 0), of_a_server)),
    writes("geoadd", -5, one_key, shape::integer),
    reads("geodist", -4, one_key, shape::value),
    reads("geohash", -2, one_key, shape::array),
    reads("geopos", -2, one_key, shape::array),
    writes("georadius", -6, georadius, shape::array | shape::null_bulk | shape::integer),
    reads("georadius_ro", -6, one_key, shape::array | shape::null_bulk),
    writes("georadiusbymember", -5, georadius, shape::array | shape::null_bulk | shape::integer),
    reads("georadiusbymember_ro", -5, one_key, shape::array | shape::null_bulk),
    reads("geosearch", -7, one_key, shape::array),
    writes("geosearchstore", -8, two_keys, shape::integer),
    reads("get", 2, one_key, shape::value),
    reads("getbit", 3, one_key, shape::integer),
    writes("getdel", 2, one_key, shape::value),
    writes("getex", -2, one_key, shape::value),
    reads("getrange", 4, one_key, shape::bulk),
    writes("getset", 3, one_key, shape::value),
    writes("hdel", -3, one_key, shape::integer),
    local("hello", -1, no_keys),
    reads("hexists", 3, one_key, shape::integer),
    reads("hget", 3, one_key, shape::value),
    each_is(shape::bulk, reads("hgetall", 2, one_key, shape::array)),
    writes("hincrby", 4, one_key, shape::integer),
    writes("hincrbyfloat", 4, one_key, shape::bulk),
    each_is(shape::bulk, reads("hkeys", 2, one_key, shape::array)),
    reads("hlen", 2, one_key, shape::integer),
    each_is(shape::value, counts(reads("hmget", -3, one_key, shape::array), element_count::fields)),
    writes("hmset", -4, one_key, shape::status),
    reads("hrandfield", -2, one_key, shape::value | shape::array),
    each_is(page_elements, counts(reads("hscan", -3, one_key, shape::array), element_count::two)),
    writes("hset", -4, one_key, shape::integer),
    writes("hsetnx", 4, one_key, shape::integer),
    reads("hstrlen", 3, one_key, shape::integer),
    each_is(shape::bulk, reads("hvals", 2, one_key, shape::array)),
    writes("incr", 2, one_key, shape::integer),
    writes("incrby", 3, one_key, shape::integer),
    writes("incrbyfloat", 3, one_key, shape::bulk),
    local("info", -1, no_keys),
    answered(reads("keys", 2, no_keys, 0),
             by_everyone(join_kind::concat, shape::array, shape::bulk)),
    refused("lastsave", 1, no_keys, of_a_server),
    container(refused("latency", -2, no_keys, administers)),
    reads("lcs", -3, two_keys, shape::bulk | shape::integer | shape::array),
    reads("lindex", 3, one_key, shape::value),
    writes("linsert", 5, one_key, shape::integer),
    reads("llen", 2, one_key, shape::integer),
    writes("lmove", 5, two_keys, shape::value),
    writes("lmpop", -4, counted(1), shape::array | shape::null_array),
    reads("lolwut", -1, no_keys, shape::bulk),
    writes("lpop", -2, one_key, shape::value | shape::array | shape::null_array),
    reads("lpos", -3, one_key, shape::integer | shape::null_bulk | shape::array),
    writes("lpush", -3, one_key, shape::integer),
    writes("lpushx", -3, one_key, shape::integer),
    each_is(shape::bulk, reads("lrange", 4, one_key, shape::array)),
    writes("lrem", 4, one_key, shape::integer),
    writes("lset", 4, one_key, shape::status),
    writes("ltrim", 4, one_key, shape::status),
    container(with_reason(
        reads(
            "memory", -2, key_behind_subcommand, shape::integer | shape::null_bulk | shape::array),
        of_a_server)),
    each_is(shape::value, divided(reads("mget", -2, all_keys, shape::array), join_kind::array)),
    refused("migrate", -6, migrate, administers),
    container(refused("module", -2, no_keys, administers)),
    refused("monitor", 1, no_keys, of_a_connection),
    refused("move", 3, one_key, one_database),
    divided(writes("mset", -3, key_value_pairs, shape::status), join_kind::ok),
    writes("msetnx", -3, key_value_pairs, shape::integer),
    refused("multi", 1, no_keys, transaction),
    container(
        reads("object", -2, key_behind_subcommand, shape::value | shape::integer | shape::array)),
    writes("persist", 2, one_key, shape::integer),
    writes("pexpire", -3, one_key, shape::integer),
    writes("pexpireat", -3, one_key, shape::integer),
    reads("pexpiretime", 2, one_key, shape::integer),
    writes("pfadd", -2, one_key, shape::integer),
    reads("pfcount", -2, all_keys, shape::integer),
    refused("pfdebug", 3, {range_kind, 2, 2, 1}, administers),
    writes("pfmerge", -2, all_keys, shape::status),
    refused("pfselftest", 1, no_keys, administers),
    local("ping", -1, no_keys),
    writes("psetex", 4, one_key, shape::status),
    refused("psubscribe", -2, no_keys, subscription),
    refused("psync", -3, no_keys, replication),
    reads("pttl", 2, one_key, shape::integer),
    refused("publish", 3, no_keys, publishing),
    container(refused("pubsub", -2, no_keys, publishing)),
    refused("punsubscribe", -1, no_keys, subscription),
    local("quit", -1, no_keys),
    refused("randomkey", 1, no_keys, of_a_server),
    local("readonly", 1, no_keys),
    local("readwrite", 1, no_keys),
    writes("rename", 3, two_keys, shape::status),
    writes("renamenx", 3, two_keys, shape::integer),
    refused("replconf", -1, no_keys, replication),
    refused("replicaof", 3, no_keys, administers),
    local("reset", 1, no_keys),
    writes("restore", -4, one_key, shape::status),
    refused("restore-asking", -4, one_key, of_a_connection),
    refused("role", 1, no_keys, of_a_server),
    writes("rpop", -2, one_key, shape::value | shape::array | shape::null_array),
    writes("rpoplpush", 3, two_keys, shape::value),
    writes("rpush", -3, one_key, shape::integer),
    writes("rpushx", -3, one_key, shape::integer),
    writes("sadd", -3, one_key, shape::integer),
    refused("save", 1, no_keys, administers),
    answered(reads("scan", -2, no_keys, 0), scanned),
    reads("scard", 2, one_key, shape::integer),
    container(with_reason(writes("script", -2, no_keys, 0), of_a_server)),
    each_is(shape::bulk, reads("sdiff", -2, all_keys, shape::array)),
    writes("sdiffstore", -3, all_keys, shape::integer),
    local("select", 2, no_keys),
    writes("set", -3, one_key, shape::status | shape::value),
    writes("setbit", 4, one_key, shape::integer),
    writes("setex", 4, one_key, shape::status),
    writes("setnx", 3, one_key, shape::integer),
    writes("setrange", 4, one_key, shape::integer),
    refused("shutdown", -1, no_keys, administers),
    each_is(shape::bulk, reads("sinter", -2, all_keys, shape::array)),
    reads("sintercard", -3, counted(1), shape::integer),
    writes("sinterstore", -3, all_keys, shape::integer),
    reads("sismember", 3, one_key, shape::integer),
    refused("slaveof", 3, no_keys, administers),
    container(with_reason(local("slowlog", -2, no_keys),
                          "the proxy answers GET, LEN and RESET of this command")),
    each_is(shape::bulk, reads("smembers", 2, one_key, shape::array)),
    each_is(shape::integer,
            counts(reads("smismember", -3, one_key, shape::array), element_count::fields)),
    writes("smove", 4, two_keys, shape::integer),
    writes("sort", -2, sort, shape::array | shape::integer),
    reads("sort_ro", -2, one_key, shape::array),
    writes("spop", -2, one_key, shape::value | shape::array),
    refused("spublish", 3, one_key, publishing),
    reads("srandmember", -2, one_key, shape::value | shape::array),
    writes("srem", -3, one_key, shape::integer),
    each_is(page_elements, counts(reads("sscan", -3, one_key, shape::array), element_count::two)),
    refused("ssubscribe", -2, all_keys, subscription),
    reads("strlen", 2, one_key, shape::integer),
    refused("subscribe", -2, no_keys, subscription),
    reads("substr", 4, one_key, shape::bulk),
    each_is(shape::bulk, reads("sunion", -2, all_keys, shape::array)),
    writes("sunionstore", -3, all_keys, shape::integer),
    refused("sunsubscribe", -1, all_keys, subscription),
    refused("swapdb", 3, no_keys, one_database),
    refused("sync", 1, no_keys, replication),
    local("time", 1, no_keys),
    divided(reads("touch", -2, all_keys, shape::integer), join_kind::sum),
    reads("ttl", 2, one_key, shape::integer),
    reads("type", 2, one_key, shape::status),
    divided(writes("unlink", -2, all_keys, shape::integer), join_kind::sum),
    refused("unsubscribe", -1, no_keys, subscription),
    refused("unwatch", 1, no_keys, transaction),
    refused("wait", 3, no_keys, of_a_connection),
    refused("watch", -2, all_keys, transaction),
    writes("xack", -4, one_key, shape::integer),
    writes("xadd", -5, one_key, shape::value),
    writes("xautoclaim", -6, one_key, shape::array),
    writes("xclaim", -6, one_key, shape::array),
    writes("xdel", -3, one_key, shape::integer),
    container(
        writes("xgroup", -2, key_behind_subcommand, shape::status | shape::integer | shape::array)),
    container(reads("xinfo", -2, key_behind_subcommand, shape::array)),
    reads("xlen", 2, one_key, shape::integer),
    reads("xpending", -3, one_key, shape::array),
    reads("xrange", -4, one_key, shape::array),
    reads("xread", -4, streams, shape::array | shape::null_array),
    writes("xreadgroup", -7, streams, shape::array | shape::null_array),
    reads("xrevrange", -4, one_key, shape::array),
    writes("xsetid", -3, one_key, shape::status),
    writes("xtrim", -4, one_key, shape::integer),
    writes("zadd", -4, one_key, shape::integer | shape::value),
    reads("zcard", 2, one_key, shape::integer),
    reads("zcount", 4, one_key, shape::integer),
    each_is(shape::bulk, reads("zdiff", -3, counted(1), shape::array)),
    writes("zdiffstore", -4, store_counted, shape::integer),
    writes("zincrby", 4, one_key, shape::value),
    each_is(shape::bulk, reads("zinter", -3, counted(1), shape::array)),
    reads("zintercard", -3, counted(1), shape::integer),
    writes("zinterstore", -4, store_counted, shape::integer),
    reads("zlexcount", 4, one_key, shape::integer),
    writes("zmpop", -4, counted(1), shape::array | shape::null_array),
    each_is(shape::value,
            counts(reads("zmscore", -3, one_key, shape::array), element_count::fields)),
    writes("zpopmax", -2, one_key, shape::array),
    writes("zpopmin", -2, one_key, shape::array),
    reads("zrandmember", -2, one_key, shape::value | shape::array),
    each_is(shape::bulk, reads("zrange", -4, one_key, shape::array)),
    each_is(shape::bulk, reads("zrangebylex", -4, one_key, shape::array)),
    each_is(shape::bulk, reads("zrangebyscore", -4, one_key, shape::array)),
    writes("zrangestore", -5, two_keys, shape::integer),
    reads("zrank", 3, one_key, shape::integer | shape::null_bulk),
    writes("zrem", -3, one_key, shape::integer),
    writes("zremrangebylex", 4, one_key, shape::integer),
    writes("zremrangebyrank", 4, one_key, shape::integer),
    writes("zremrangebyscore", 4, one_key, shape::integer),
    each_is(shape::bulk, reads("zrevrange", -4, one_key, shape::array)),
    each_is(shape::bulk, reads("zrevrangebylex", -4, one_key, shape::array)),
    each_is(shape::bulk, reads("zrevrangebyscore", -4, one_key, shape::array)),
    reads("zrevrank", 3, one_key, shape::integer | shape::null_bulk),
    each_is(page_elements, counts(reads("zscan", -3, one_key, shape::array), element_count::two)),
    reads("zscore", 3, one_key, shape::value),
    each_is(shape::bulk, reads("zunion", -3, counted(1), shape::array)),
    writes("zunionstore", -4, store_counted, shape::integer),
};

// Names are found by hash: open addressing over a power of two, filled at compile time.

constexpr std::size_t slot_count = 1024;
constexpr std::size_t name_bytes_max = [] {
  std::size_t longest = 0;
  for (const command& row : table)
    longest = std::max(longest, row.name.size());
  return longest;
}();

// FNV-1a of the name in lower case.
constexpr std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 16777619U;
  return hash ^ (hash >> 15);
}

constexpr std::array<std::uint16_t, slot_count> slots = [] {
  std::array<std::uint16_t, slot_count> filled{};
  for (std::size_t row = 1; row < std::size(table); ++row) {
    std::size_t at = hash_of(table[row].name) % slot_count;
    while (filled[at] != unknown_command)
      at = (at + 1) % slot_count;
    filled[at] = static_cast<std::uint16_t>(row);
  }
  return filled;
}();

constexpr bool is_named(std::string_view lower, std::string_view name) {
  if (lower.size() != name.size()) return false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (to_lower(name[at]) != lower[at]) return false;
  }
  return true;
}

}  // namespace

std::span<const command> commands() {
  return table;
}

std::uint16_t find_command(std::string_view name) {
  if (name.size() > name_bytes_max) return unknown_command;
  std::size_t at = hash_of(name) % slot_count;
  while (slots[at] != unknown_command && !is_named(table[slots[at]].name, name)) {
    at = (at + 1) % slot_count;
  }
  return slots[at];
}

const manner& manner_of(const command& row, std::string_view sub) {
  if (!row.container || sub.empty()) return row.how;
  const subcommand* const its = find_subcommand(row, sub);
  return its == nullptr || its->how.shapes == 0 ? row.how : its->how;
}

key_rule reported_keys(const command& row) {
  if (row.container) return no_keys;
  switch (row.keys.how) {
    case key_rule::kind::range:
      return row.keys;
    case key_rule::kind::store_counted:
    case key_rule::kind::sort:
    case key_rule::kind::georadius:
      return one_key;
    case key_rule::kind::migrate:
      return {range_kind, 3, 3, 1};
    case key_rule::kind::none:
    case key_rule::kind::counted:
    case key_rule::kind::streams:
      break;
  }
  return no_keys;
}

}  // namespace dovetail::redis
