// What a model redis knows, and what a command gets to work with.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/model/fields.h"
#include "sim/model/redis_reply.h"
#include "sim/model/store.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {

struct redis_value {
  std::variant<std::string, fields> content;
  std::optional<unix_ms> expires = {};
};

// What all connections share.
struct redis_data {
  std::vector<store<redis_value>> databases;
  std::string password;  // empty: none is asked for
};

// What one connection remembers.
struct redis_session {
  std::size_t database = 0;
  bool authenticated = false;
  bool closing = false;
};

// One request on its way through one command.
struct redis_call {
  std::span<const std::string> words;  // the command's name first
  redis_data& data;
  redis_session& session;
  unix_ms now;
  redis_reply reply;

  store<redis_value>& keys() { return data.databases[session.database]; }
  redis_value* find(std::string_view key) { return keys().find(key, now); }

  // The string or the fields at `key`, null when there is no such key. Nothing when it holds the
  // other type: that was replied.
  template <class Content>
  std::optional<Content*> find_as(std::string_view key) {
    redis_value* const value = find(key);
    if (value == nullptr) return nullptr;
    if (auto* const content = std::get_if<Content>(&value->content)) return content;
    reply.error("WRONGTYPE Operation against a key holding the wrong kind of value");
    return std::nullopt;
  }

  // The number in `text`, within 64 bits. Nothing when it is none: that was replied.
  std::optional<std::int64_t> number(std::string_view text);

  // The command's name as error texts write it.
  std::string name() const;

  void wrong_arity() { reply.error("ERR wrong number of arguments for '" + name() + "' command"); }
  void syntax_error() { reply.error("ERR syntax error"); }
  void invalid_expire() { reply.error("ERR invalid expire time in '" + name() + "' command"); }
};

enum class redis_access { reads, writes, neither };

struct redis_command {
  std::string_view name;
  int arity = 0;  // words, the name included; negative: at least so many
  redis_access access = redis_access::neither;
  void (*run)(redis_call&) = nullptr;
  int first_key = 0;  // as in COMMAND's reply
  int last_key = 0;
  int key_step = 0;
};

std::span<const redis_command> redis_string_commands();
std::span<const redis_command> redis_key_commands();
std::span<const redis_command> redis_keyspace_commands();
std::span<const redis_command> redis_hash_commands();
std::span<const redis_command> redis_connection_commands();

// All of the above, in this order.
std::span<const redis_command> redis_commands();

// Replies to one request, whatever it is; in redis's order: unknown, wrong arity, not
// authenticated, the command itself.
void run_redis_command(redis_call& call);

}  // namespace dovetail::sim
