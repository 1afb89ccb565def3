// One memcached request on its way through one command.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/outbox.h"
#include "sim/model/memcache_items.h"

namespace dovetail::sim {

inline constexpr std::size_t memcache_key_bytes_max = 250;

// A storage command whose data has yet to come.
struct memcache_upload {
  memcache_mode mode = memcache_mode::set;
  std::string key = {};
  memcache_item item = {};
  std::uint64_t cas = 0;
  std::size_t data_bytes = 0;  // without the line end
  bool noreply = false;
  bool stale_allowed = false;
  bool meta = false;
  std::vector<std::string> echoes = {};  // meta: the flags that its reply repeats, in their order
};

struct memcache_call {
  std::span<const std::string_view> words;  // the command's name first
  memcache_items& items;
  unix_ms now;
  outbox& out;
  bool noreply = false;
  std::optional<memcache_upload> upload = {};  // set when data follows
  std::size_t swallowed = 0;                   // bytes that follow and mean nothing
  bool closing = false;

  // One line, unless the client asked for none.
  void reply(std::string_view line) {
    if (!noreply) reply_anyway(line);
  }
  void reply_anyway(std::string_view line) {
    out.append(line);
    out.append("\r\n");
  }

  bool has_long_key() const { return words[1].size() > memcache_key_bytes_max; }
};

// Numbers as memcached's safe_strtol and its kin read them: blanks and a sign may come before,
// a blank ends them. Flags are cut to 32 bits.
std::optional<std::int32_t> memcache_int(std::string_view text);
std::optional<std::uint32_t> memcache_flags(std::string_view text);
std::optional<std::uint64_t> memcache_counter(std::string_view text);

// Adds to or, bounded by zero, takes from the number that an item holds. Shorter results are padded
// with blanks in place, as do_add_delta does. Nothing when it holds no number.
std::optional<std::uint64_t> memcache_add(memcache_items& items,
                                          memcache_item& item,
                                          bool up,
                                          std::uint64_t by);

// Runs one command line of at least one word, whatever it is: the classic commands here, those of
// two letters that begin with m in memcache_meta_commands.cc.
void run_memcache_command(memcache_call& call);
void run_memcache_meta_command(memcache_call& call);

// Reads the line of a storage command of the classic kind. Its data follows only when the line is
// in order: else what follows is the next command.
void begin_memcache_upload(memcache_call& call, memcache_mode mode);

// The data came, and two bytes more that should be a line end.
void finish_memcache_upload(const memcache_upload& upload,
                            std::string_view data,
                            memcache_items& items,
                            unix_ms now,
                            outbox& out);
void reply_memcache_meta_upload(const memcache_upload& upload,
                                memcache_outcome outcome,
                                memcache_items& items,
                                unix_ms now,
                                outbox& out);

}  // namespace dovetail::sim
