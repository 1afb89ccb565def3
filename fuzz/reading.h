// What a parser makes of a stream, so that it can be compared.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
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

// Everything that was found, as one number.
class findings {
 public:
  void clear() { hash_ = 0; }

  void add(std::uint64_t number) {
    constexpr std::uint64_t factor = 0x9e3779b97f4a7c15;
    hash_ = (hash_ ^ number) * factor;
    hash_ ^= hash_ >> 29;
  }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t)))
      add_some(text.data(), sizeof(std::uint64_t));
    add_some(text.data(), text.size());
  }
  void add(std::span<const extent> parts) {
    add(std::uint64_t{parts.size()});
    for (const extent each : parts)
      add((std::uint64_t{each.offset} << 32) | each.size);
  }

  bool operator==(const findings&) const = default;

 private:
  void add_some(const char* from, std::size_t size) {
    std::uint64_t some = 0;
    if (size > 0) std::memcpy(&some, from, size);
    add(some);
  }

  std::uint64_t hash_ = 0;
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

// One parser after the other, each as good as new: one that ended between two messages is.
template <class Parser>
class parser_at_hand {
 public:
  template <class NewParser>
  Parser& get(const NewParser& make) {
    if (!clean_) parser_ = make();
    clean_ = false;
    return *parser_;
  }
  void give_back() { clean_ = true; }

 private:
  std::unique_ptr<Parser> parser_;
  bool clean_ = false;
};

// Lets a parser that `make` makes find what is in the stream when it comes in pieces of the sizes
// that `next_piece` names. Notes every message and what is left in the end; `visit` is shown each
// message with the inbox that begins with it.
template <class Message, class Parser, class NewParser, class NextPiece, class Visit>
parse_status read_stream(parser_at_hand<Parser>& parsers,
                         const NewParser& make,
                         block_pool& blocks,
                         std::string_view stream,
                         NextPiece&& next_piece,
                         findings& log,
                         const Visit& visit) {
  Parser& parser = parsers.get(make);
  inbox in(blocks);
  Message found;
  log.clear();
  while (!stream.empty()) {
    const auto room = in.room();
    const std::size_t size = std::min(std::min(room.size(), stream.size()), next_piece());
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
      if (stream.empty() && in.empty()) parsers.give_back();
    }
  }
  log.add(in.unread());
  return parse_status::incomplete;
}

}  // namespace dovetail::fuzz
