// What a parser makes of a stream, as bytes that can be compared.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/messages.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/protocol.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define DOVETAIL_FUZZ_POISON 1
#endif
#endif

namespace dovetail::fuzz {

// The front of an inbox's room, which holds nothing yet: with the address sanitizer, whoever looks
// there is caught.
class out_of_bounds {
 public:
  explicit out_of_bounds([[maybe_unused]] std::span<const std::byte> room) {
#ifdef DOVETAIL_FUZZ_POISON
    room_ = room.first(std::min<std::size_t>(room.size(), 64));
    __asan_poison_memory_region(room_.data(), room_.size());
#endif
  }
  ~out_of_bounds() {
#ifdef DOVETAIL_FUZZ_POISON
    __asan_unpoison_memory_region(room_.data(), room_.size());
#endif
  }
  out_of_bounds(const out_of_bounds&) = delete;
  out_of_bounds& operator=(const out_of_bounds&) = delete;

 private:
#ifdef DOVETAIL_FUZZ_POISON
  std::span<const std::byte> room_;
#endif
};

// Everything that was found. Reused; keeps its storage.
class findings {
 public:
  void clear() { bytes_.clear(); }

  void add(std::uint64_t number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes_.append(text);
  }
  void add(std::span<const extent> parts) {
    add(std::uint64_t{parts.size()});
    for (const extent each : parts)
      add((std::uint64_t{each.offset} << 32) | each.size);
  }

  bool operator==(const findings&) const = default;

 private:
  std::string bytes_;
};

inline void add_to(findings& log, const request& found, std::string_view) {
  log.add(std::uint64_t{found.command} << 2 | (found.canonical ? 2U : 0U) |
          (found.reply_wanted ? 1U : 0U));
  log.add(found.bytes.view());
  log.add(found.refusal);
  log.add(found.arguments);
  log.add(found.keys);
}

inline void add_to(findings& log, const response& found, std::string_view unread) {
  log.add(found.shape);
  log.add(static_cast<std::uint64_t>(found.count));
  log.add(unread.substr(0, found.size));
  log.add({&found.relayed, 1});
  log.add(found.echoes);
}

// Lets `parser`, a new one, find what is in the stream when it comes in pieces of the sizes that
// `next_piece` names. Writes down every message and what is left in the end; `visit` is shown each
// message with the inbox that begins with it.
template <class Message, class Parser, class NextPiece, class Visit>
parse_status read_stream(Parser& parser,
                         block_pool& blocks,
                         std::string_view stream,
                         const NextPiece& next_piece,
                         findings& log,
                         const Visit& visit) {
  inbox in(blocks);
  Message found;
  log.clear();
  while (!stream.empty()) {
    const auto room = in.room();
    const std::size_t size = std::min({room.size(), next_piece(), stream.size()});
    std::memcpy(room.data(), stream.data(), size);
    in.fill(size);
    stream.remove_prefix(size);
    const out_of_bounds beyond(room.subspan(size));
    while (!in.empty()) {
      const parse_status status = parser.parse(in, found);
      if (status == parse_status::incomplete) break;
      if (status == parse_status::malformed) {
        if constexpr (std::same_as<Message, request>) log.add(parser.error());
        return status;
      }
      add_to(log, found, in.unread());
      visit(found, in);
      in.consume(taken(found));
    }
  }
  log.add(in.unread());
  return parse_status::incomplete;
}

}  // namespace dovetail::fuzz
