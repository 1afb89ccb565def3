// What the proxy knows of redis's commands: one table, a row each.
//
// The rows are the commands of redis 7.0's COMMAND LIST, those that cannot be served included, with
// the reason. A test holds names, arity, key positions and read-only flags against a redis-server.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/redis/shapes.h"

namespace dovetail::redis {

// Where a command's keys are. Positions count the command name as 0.
struct key_rule {
  enum class kind : std::uint8_t {
    none,
    range,          // from first to last (negative: from the end), every step-th
    counted,        // the argument at `first` says how many follow it
    store_counted,  // a destination at 1, then as counted: ZUNIONSTORE
    sort,           // 1, and what follows the last STORE
    georadius,      // 1, and what follows the last STORE or STOREDIST
    migrate,        // 3, or where that is empty, all behind KEYS
    streams,        // the first half of what follows STREAMS
  };

  kind how = kind::none;
  std::int8_t first = 0;
  std::int8_t last = 0;
  std::int8_t step = 0;
};

// How a command with keys on several servers is divided. `none`: not at all.
enum class split_kind : std::uint8_t { none, keys, pairs };

// How the replies to the parts, or of all servers, become one.
enum class join_kind : std::uint8_t {
  none,
  array,   // the elements in the order of the keys
  concat,  // the elements, server by server
  sum,
  ok,
  same,  // one, which all have given
  both,  // an array of 0 and 1: 1 where all say so
  page,  // of SCAN: see scan.h
};

// Who is asked.
enum class reach : std::uint8_t {
  owners,    // the servers of its keys; without keys, the one of keyless_key
  everyone,  // every server of the pool
  cursor,    // the server that SCAN's cursor names
};

// How many elements an array must have that answers the command.
enum class element_count : std::uint8_t {
  any,
  keys,    // as many as there are keys. An integer is at most that.
  fields,  // as many as there are arguments behind the key, or behind the subcommand
  two,     // a cursor and a page
};

enum class handling : std::uint8_t {
  forward,      // to the server of its keys
  local,        // the proxy answers itself
  unsupported,  // refused, with the reason
};

// Who is asked, and what comes back.
struct manner {
  reach to = reach::owners;
  join_kind join = join_kind::none;
  std::uint32_t shapes = 0;  // a reply is one of these, or an error; servers from 2.8 on considered
  element_count elements = element_count::any;
  std::uint32_t of = 0;  // shapes that an array's elements may have; 0: any
};

struct command {
  std::string_view name = {};  // lower case
  std::int8_t arity = 0;       // arguments, the name included; negative: at least that many
  handling handled = handling::unsupported;
  key_rule keys;
  split_kind split = split_kind::none;
  manner how = {};
  bool idempotent = false;       // it only reads: asking twice is asking once
  bool container = false;        // argument 1 is a subcommand
  std::string_view reason = {};  // why it is not supported: behind "-ERR NAME is not supported …: "
};

// A subcommand of a container; what is not said here is as in the container's row.
struct subcommand {
  std::string_view container;  // lower case
  std::string_view name;       // lower case
  std::int8_t arity = 0;
  handling handled = handling::unsupported;
  manner how = {};  // of no shapes: as in the container's row
};

// Row 0 is nobody's: unknown commands have it.
inline constexpr std::uint16_t unknown_command = 0;

std::span<const command> commands();
std::span<const subcommand> subcommands();

// The row of a command, in any case. No allocation; about one comparison.
std::uint16_t find_command(std::string_view name);

// The row, or null.
const subcommand* find_subcommand(const command& container, std::string_view name);

// Who is asked by a request of this row whose first argument is `sub` (empty: none), and what comes
// back.
const manner& manner_of(const command& row, std::string_view sub);

// First, last and step of the keys as COMMAND reports them: 0 0 0 where they move about.
key_rule reported_keys(const command& row);

// Whether `count` arguments, the name included, are right for `arity`.
constexpr bool arity_holds(std::int8_t arity, std::size_t count) {
  return arity >= 0 ? count == static_cast<std::size_t>(arity)
                    : count >= static_cast<std::size_t>(-arity);
}

}  // namespace dovetail::redis
