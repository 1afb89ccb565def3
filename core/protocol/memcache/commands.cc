#include "protocol/memcache/commands.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/memcache/replies.h"

namespace dovetail::memcache {
namespace {

using enum field;
using enum handling;

constexpr std::uint8_t any = command::any;

constexpr std::uint32_t found = shape::end | shape::values;
constexpr std::uint32_t found_unique = shape::end | shape::values_unique;
constexpr std::uint32_t kept = shape::stored | shape::not_stored | shape::after_block;
constexpr std::uint32_t counted = shape::number | shape::not_found;

// doc/protocol.txt of memcached 1.6; counts of words from its proto_text.c. gat without a key,
// which memcached answers with END, has no server to go to.
constexpr std::array table = {
    command{.name = "", .words_max = any, .how = unsupported, .refusal = text::unknown_command},

    command{.name = "get",
            .words_min = 2,
            .words_max = any,
            .fields = {keys},
            .shapes = found,
            .idempotent = true},
    command{.name = "gets",
            .words_min = 2,
            .words_max = any,
            .fields = {keys},
            .shapes = found_unique,
            .idempotent = true},
    command{.name = "gat",
            .words_min = 3,
            .words_max = any,
            .fields = {exptime, keys},
            .shapes = found,
            .idempotent = true},
    command{.name = "gats",
            .words_min = 3,
            .words_max = any,
            .fields = {exptime, keys},
            .shapes = found_unique,
            .idempotent = true},

    command{.name = "set",
            .words_min = 5,
            .words_max = 6,
            .fields = {key, flags, exptime, bytes},
            .shapes = kept,
            .noreply = true,
            .idempotent = true},
    command{.name = "add",
            .words_min = 5,
            .words_max = 6,
            .fields = {key, flags, exptime, bytes},
            .shapes = kept,
            .noreply = true},
    command{.name = "replace",
            .words_min = 5,
            .words_max = 6,
            .fields = {key, flags, exptime, bytes},
            .shapes = kept,
            .noreply = true,
            .idempotent = true},
    command{.name = "append",
            .words_min = 5,
            .words_max = 6,
            .fields = {key, flags, exptime, bytes},
            .shapes = kept,
            .noreply = true},
    command{.name = "prepend",
            .words_min = 5,
            .words_max = 6,
            .fields = {key, flags, exptime, bytes},
            .shapes = kept,
            .noreply = true},
    command{.name = "cas",
            .words_min = 6,
            .words_max = 7,
            .fields = {key, flags, exptime, bytes, unique},
            .shapes = kept | shape::exists | shape::not_found,
            .noreply = true},

    command{.name = "delete",
            .words_min = 2,
            .words_max = 4,
            .fields = {key},
            .shapes = shape::deleted | shape::not_found,
            .noreply = true,
            .zero_follows = true},
    command{.name = "incr",
            .words_min = 3,
            .words_max = 4,
            .fields = {key, delta},
            .shapes = counted,
            .noreply = true},
    command{.name = "decr",
            .words_min = 3,
            .words_max = 4,
            .fields = {key, delta},
            .shapes = counted,
            .noreply = true},
    command{.name = "touch",
            .words_min = 3,
            .words_max = 4,
            .fields = {key, exptime},
            .shapes = shape::touched | shape::not_found,
            .noreply = true,
            .idempotent = true},

    command{.name = "mg",
            .words_min = 2,
            .words_max = any,
            .fields = {key},
            .shapes = shape::hd | shape::va | shape::en,
            .meta = true},
    command{.name = "ms",
            .words_min = 2,
            .words_max = any,
            .fields = {key, bytes},
            .shapes = shape::hd | shape::ns | shape::ex | shape::nf | shape::after_block,
            .meta = true},
    command{.name = "md",
            .words_min = 2,
            .words_max = any,
            .fields = {key},
            .shapes = shape::hd | shape::nf | shape::ex,
            .meta = true},
    command{.name = "ma",
            .words_min = 2,
            .words_max = any,
            .fields = {key},
            .shapes = shape::hd | shape::va | shape::nf | shape::ns | shape::ex,
            .meta = true},
    command{.name = "me",
            .words_max = any,
            .fields = {key},
            .shapes = shape::me | shape::en,
            .idempotent = true,
            .debugs_key = true},
    command{.name = "mn", .words_max = any, .shapes = shape::mn, .idempotent = true, .how = answer},

    command{.name = "version",
            .words_max = any,
            .shapes = shape::version,
            .idempotent = true,
            .how = answer},
    command{.name = "verbosity",
            .words_min = 2,
            .words_max = 3,
            .fields = {level},
            .shapes = shape::ok,
            .noreply = true,
            .idempotent = true,
            .how = answer},
    command{.name = "quit", .words_max = any, .idempotent = true, .how = hang_up},

    command{.name = "flush_all",
            .words_max = 3,
            .fields = {delay},
            .shapes = shape::ok,
            .noreply = true,
            .idempotent = true,
            .for_all = true},
    command{.name = "stats",
            .words_max = any,
            .fields = {topic},
            .shapes = shape::stats | shape::end,
            .idempotent = true,
            .for_all = true},

    // These speak of one server, and a proxy has many.
    command{.name = "cache_memlimit",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR cache_memlimit is not supported by this proxy"},
    command{.name = "lru",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR lru is not supported by this proxy"},
    command{.name = "lru_crawler",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR lru_crawler is not supported by this proxy"},
    command{.name = "slabs",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR slabs is not supported by this proxy"},
    command{.name = "watch",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR watch is not supported by this proxy"},
    command{.name = "shutdown",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR shutdown is not supported by this proxy"},
    // An undocumented old name of get.
    command{.name = "bget",
            .words_max = any,
            .how = unsupported,
            .refusal = "CLIENT_ERROR bget is not supported by this proxy"},
};

// The rows by first letter, in the order of the table: `get` is found at once. 0 ends a list.
constexpr std::size_t letters = 26;
constexpr auto rows_of_letter = [] {
  std::array<std::array<std::uint8_t, 8>, letters> rows{};
  std::size_t used[letters] = {};  // an array of the language: g++ 12 with LTO fails on std::array
  for (std::size_t at = 1; at < table.size(); ++at) {
    const auto letter = static_cast<std::size_t>(table[at].name[0] - 'a');
    rows[letter][used[letter]++] = static_cast<std::uint8_t>(at);
  }
  return rows;
}();

}  // namespace

std::span<const command> commands() {
  return table;
}

std::uint16_t find_command(std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return 0;
  for (const std::uint8_t at : rows_of_letter[static_cast<std::size_t>(name[0] - 'a')]) {
    if (at == 0) return 0;
    if (table[at].name == name) return at;
  }
  return 0;
}

}  // namespace dovetail::memcache
