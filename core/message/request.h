// One request of a client, as its parser found it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"
#include "buffer/slice.h"

namespace dovetail {

// Part of a message: offsets from the message's first byte. Messages are below 4 GiB.
struct extent {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;

  // `message` is the one that this is a part of.
  std::string_view of(std::string_view message) const {
    DOVETAIL_CHECK(std::size_t{offset} + size <= message.size());
    return {message.data() + offset, size};
  }
};

// `arguments`, `keys` and `meant` point into the parser and are valid until it parses again.
struct request {
  slice bytes;                // the whole message, its end included
  std::size_t consumed = 0;   // bytes of the inbox it took; bytes may be a rewritten copy
  std::uint16_t command = 0;  // row of the protocol's table of commands
  bool canonical = true;      // bytes are the one encoding we would write ourselves
  bool reply_wanted = true;   // false: memcached's noreply
  std::string_view refusal;   // not empty: cannot be served; the protocol's own words for why
  std::span<const extent> arguments;  // the tokens, command name first
  std::span<const extent> keys;       // those that decide where it goes, in the client's order
  std::string_view meant;  // not empty: what its one key stands for, and which decides instead

  std::string_view text(extent part) const { return part.of(bytes.view()); }
  std::string_view argument(std::size_t at) const { return text(arguments[at]); }
};

}  // namespace dovetail
