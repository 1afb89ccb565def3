// Reads memcached's replies as a client does.
//
//     STORED                                       one line,
//     VA 3 f7 / abc                                or one line and the block it announces,
//     VALUE k 0 3 / abc / VALUE l 0 1 / x / END    or blocks up to END,
//     STAT pid 7 / STAT … / END                    or lines up to END
//
// The first word tells how a reply goes on, whatever was asked. Whether it answers the question is
// for the caller, who knows that, to judge. Where END is due, an error line ends the reply as well.
//
// Grammar: memcached doc/protocol.txt. What it says of its upkeep (slabs, lru, watch) is malformed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/model/reply_frame.h"

namespace dovetail::sim {

enum class memcache_kind : std::uint8_t {
  values,  // at least one VALUE
  stats,   // at least one STAT
  end,     // END alone
  number,
  stored,
  not_stored,
  exists,
  not_found,
  deleted,
  touched,
  ok,
  reset,
  version,
  hd,  // meta commands, from here
  va,
  en,
  ns,
  ex,
  nf,
  mn,
  me,
  error,  // errors, from here
  client_error,
  server_error,
};

constexpr bool is_error(memcache_kind kind) {
  return kind >= memcache_kind::error;
}

class memcache_reply_reader {
 public:
  // As redis_reply_reader::read.
  reply_frame read(std::string_view unread);

  // Of the reply that was complete last.
  memcache_kind kind() const { return kind_; }

  // It was begun with values or stats and broken off with an error.
  bool broken_off() const { return broken_off_; }

 private:
  enum class expecting : std::uint8_t { first_line, line, block, nothing };

  reply_frame read_line(std::string_view from);
  reply_frame read_block(std::string_view from);
  bool begin(std::string_view line);
  bool go_on(std::string_view line);
  bool expect_block(std::optional<std::uint64_t> size);
  reply_frame stop(reply_frame how);

  expecting expecting_ = expecting::first_line;
  memcache_kind kind_ = memcache_kind::end;
  bool broken_off_ = false;
  std::optional<bool> has_cas_;  // each VALUE so far
  std::size_t at_ = 0;           // where the next line or block begins
  std::size_t searched_ = 0;     // bytes of that line without a line end
  std::size_t block_ = 0;        // bytes of that block, without its CRLF
};

struct memcache_value {
  std::string_view key;
  std::uint32_t flags = 0;
  std::string_view data;
  std::optional<std::uint64_t> cas;  // as gets and gats tell it
};

// Takes the next VALUE off a complete reply, or off what is left of one. Nothing at its END.
std::optional<memcache_value> take_memcache_value(std::string_view& rest);

struct memcache_meta {
  std::string_view flags;  // behind the code, and behind the size of VA: "k… O…"
  std::string_view data;   // of VA
};

// The parts of a complete reply to a meta command.
memcache_meta memcache_meta_of(std::string_view reply);

}  // namespace dovetail::sim
