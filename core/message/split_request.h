// A request of which several servers get a part, or a copy, until the last of them has answered.

#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/request.h"

namespace dovetail {

// Which server of several failed, and why.
inline std::string failure_of(std::string_view server, std::string_view why) {
  return std::string("server \"").append(server).append("\": ").append(why);
}

// Filled in by proxy/forward (which key is in which part, who gets it) and by the protocol (how to
// join). Reused; keeps its storage.
struct split_request {
  struct part {
    slice reply;
    bool answered = false;
    bool failed = false;  // the reply is an error
  };

  // Writes the one reply. Every part is answered and, unless by_key, none has failed.
  using join_function = void (*)(const split_request&, outbox& out);

  join_function join = nullptr;
  std::vector<std::uint32_t> part_of_key;  // in the client's order of keys; empty: of a copy
  std::vector<std::uint32_t> servers;      // of each part, by its place in the pool
  std::uint32_t servers_in_pool = 0;
  std::vector<part> parts;
  bool by_key = false;      // `join` gives a failed part's error to its own keys only
  std::size_t waiting = 0;  // parts not yet answered
  std::size_t bytes = 0;    // of the replies to the others
  std::string keys;         // bytes of the keys (of a copy: the server's name), for joining
  std::vector<extent> key_extents;

  void add_key(std::string_view key) {
    key_extents.push_back({.offset = static_cast<std::uint32_t>(keys.size()),
                           .size = static_cast<std::uint32_t>(key.size())});
    keys.append(key);
  }

  std::string_view key(std::size_t at) const { return key_extents[at].of(keys); }

  void answer(std::size_t at, slice reply, bool failed) {
    DOVETAIL_CHECK(at < parts.size() && !parts[at].answered && waiting > 0);
    bytes += reply.size();
    parts[at] = {.reply = std::move(reply), .answered = true, .failed = failed};
    --waiting;
  }

  // The first part that failed, or null.
  const part* failure() const {
    const auto found = std::ranges::find(parts, true, &part::failed);
    return found == parts.end() ? nullptr : &*found;
  }

  // Writes the joined reply, or the error of the first part that failed: one reply in all.
  void write(outbox& out) const {
    const part* const failed = by_key ? nullptr : failure();
    if (failed != nullptr) return out.append(failed->reply);
    join(*this, out);
  }

  void clear() {
    join = nullptr;
    by_key = false;
    part_of_key.clear();
    servers.clear();
    parts.clear();
    waiting = 0;
    bytes = 0;
    keys.clear();
    key_extents.clear();
  }
};

}  // namespace dovetail
