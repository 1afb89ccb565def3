// For the tests of this folder: bytes in, what the proxy would do with them out.

#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "protocol/memcache/memcache.h"

namespace dovetail::memcache::test {

using texts = std::vector<std::string>;

inline void feed(inbox& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<std::byte> room = to.room();
    const std::size_t taken = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), taken);
    to.fill(taken);
    bytes.remove_prefix(taken);
  }
}

// Everything in `from`, which is emptied.
inline std::string drain(outbox& from) {
  std::string all;
  std::span<const std::byte> piece;
  while (from.gather(std::span(&piece, 1)) != 0) {
    all.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    from.drop(piece.size());
  }
  return all;
}

// `stream` in pieces that end at `cuts`, ascending.
inline texts cut(std::string_view stream, std::span<const std::size_t> cuts) {
  texts pieces;
  std::size_t from = 0;
  for (const std::size_t at : cuts) {
    pieces.emplace_back(stream.substr(from, at - from));
    from = at;
  }
  pieces.emplace_back(stream.substr(from));
  return pieces;
}

// Calls `same(pieces)` with the stream whole, byte by byte, and cut in two at every place; all must
// give what the first gave, which is returned.
template <class Function>
auto same_for_every_split(std::string_view stream, Function of) {
  auto whole = of(cut(stream, {}));
  std::vector<std::size_t> everywhere;
  for (std::size_t at = 1; at < stream.size(); ++at) {
    everywhere.push_back(at);
    EXPECT_EQ(of(cut(stream, std::span(&at, 1))), whole) << "cut at " << at;
  }
  EXPECT_EQ(of(cut(stream, everywhere)), whole) << "byte by byte";
  return whole;
}

// A server that is given `written` must find one request in it, the same that we found.
inline void expect_canonical(const std::string& written, const protocol& memcached) {
  block_pool pool;
  inbox from(pool);
  outbox out(pool);
  request found;
  feed(from, written);
  const auto parser = memcached.new_request_parser();
  ASSERT_EQ(parser->parse(from, found), parse_status::complete) << written;
  EXPECT_TRUE(found.canonical && found.reply_wanted && found.refusal.empty()) << written;
  EXPECT_EQ(found.consumed, written.size()) << written;
  memcached.write(found, out);
  EXPECT_EQ(drain(out), written);
}

// What happens to the requests that come in `pieces`, in words: "forward <bytes>", the text of an
// answer, "silence", "hang up", "close: <error>"; "…" when a request is left unfinished.
inline texts happens(const texts& pieces, const options& with) {
  block_pool pool;  // outlives the parser, which may keep a line
  inbox from(pool);
  const auto memcached = make_protocol(with);
  const auto parser = memcached->new_request_parser();
  outbox out(pool);
  texts seen;
  bool begun = false;  // a request of which bytes have been passed over already
  for (const std::string& piece : pieces) {
    feed(from, piece);
    begun = begun || !piece.empty();
    request found;
    while (!from.empty()) {
      const parse_status status = parser->parse(from, found);
      if (status == parse_status::incomplete) break;
      if (status == parse_status::malformed) {
        seen.push_back("close: " + std::string(parser->error()));
        return seen;
      }
      session who;
      std::string answer;
      switch (memcached->filter(found, who, answer)) {
        case verdict::forward:
          memcached->write(found, out);
          EXPECT_TRUE(!found.canonical || found.bytes.size() == found.consumed);
          seen.push_back(drain(out));
          expect_canonical(seen.back(), *memcached);
          seen.back().insert(0, found.reply_wanted ? "forward " : "forward silently ");
          break;
        case verdict::answer:
          seen.push_back(answer);
          break;
        case verdict::ignore:
          seen.emplace_back("silence");
          break;
        case verdict::hang_up:
          seen.emplace_back("hang up");
          return seen;
      }
      from.consume(found.consumed);
      begun = !from.empty();
    }
  }
  if (begun) seen.emplace_back("…");
  return seen;
}

// The same however the bytes arrive.
inline texts happens(std::string_view stream, const options& with = {}) {
  return same_for_every_split(stream, [&](const texts& pieces) { return happens(pieces, with); });
}

}  // namespace dovetail::memcache::test
