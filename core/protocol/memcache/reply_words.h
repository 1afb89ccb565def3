// What the lines of memcached's responses begin with. doc/protocol.txt names them.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "protocol/memcache/replies.h"

namespace dovetail::memcache {

// What may stand behind the word.
enum class behind : std::uint8_t {
  nothing,
  any_text,   // or nothing
  some_text,  // perhaps an empty one, behind a space
  flags,      // or nothing
  size,       // of a block, then flags or nothing
  value,      // a key, flags, a size, perhaps a unique number
  statistic,  // a name, perhaps a text
};

struct reply_word {
  std::string_view text;
  behind then = behind::nothing;
  std::uint32_t shape = 0;
};

inline constexpr std::array reply_words = {
    reply_word{"STORED", behind::nothing, shape::stored},
    reply_word{"NOT_STORED", behind::nothing, shape::not_stored},
    reply_word{"EXISTS", behind::nothing, shape::exists},
    reply_word{"NOT_FOUND", behind::nothing, shape::not_found},
    reply_word{"DELETED", behind::nothing, shape::deleted},
    reply_word{"TOUCHED", behind::nothing, shape::touched},
    reply_word{"OK", behind::nothing, shape::ok},
    reply_word{"MN", behind::nothing, shape::mn},
    reply_word{"HD", behind::flags, shape::hd},
    reply_word{"EN", behind::flags, shape::en},
    reply_word{"NS", behind::flags, shape::ns},
    reply_word{"EX", behind::flags, shape::ex},
    reply_word{"NF", behind::flags, shape::nf},
    reply_word{"ME", behind::flags, shape::me},
    reply_word{"VA", behind::size, shape::va},
    reply_word{"END", behind::nothing, shape::end},
    reply_word{"VALUE", behind::value, shape::values},
    reply_word{"STAT", behind::statistic, shape::stats},
    reply_word{"VERSION", behind::some_text, shape::version},
    reply_word{"ERROR", behind::any_text, shape::error},
    reply_word{"CLIENT_ERROR", behind::any_text, shape::error},
    reply_word{"SERVER_ERROR", behind::any_text, shape::error},
};

// The row, or null.
constexpr const reply_word* find_reply_word(std::string_view text) {
  const auto* const found = std::ranges::find(reply_words, text, &reply_word::text);
  return found == reply_words.end() ? nullptr : found;
}

}  // namespace dovetail::memcache
