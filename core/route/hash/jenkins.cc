// Bob Jenkins' lookup3, hashlittle() (http://burtleburtle.net/bob/c/lookup3.c), with initval 13.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "route/hash/bytes.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

constexpr std::uint32_t initval = 13;

void turn(std::uint32_t& x, std::uint32_t& y, std::uint32_t z, int bits) {
  x -= y;
  x ^= std::rotl(y, bits);
  y += z;
}

void fold(std::uint32_t& x, std::uint32_t y, int bits) {
  x ^= y;
  x -= std::rotl(y, bits);
}

// Twelve bytes of key at a time go into a, b and c.
struct state {
  std::uint32_t a, b, c;

  void add(std::string_view key, std::size_t at) {
    a += little_32(key, at);
    b += little_32(key, at + 4);
    c += little_32(key, at + 8);
  }

  // One to twelve bytes, as if zeros followed.
  void add_tail(std::string_view tail) {
    for (std::size_t at = 0; at < tail.size(); ++at) {
      std::uint32_t& word = at < 4 ? a : at < 8 ? b : c;
      word += unsigned_byte(tail[at]) << (8 * (at % 4));
    }
  }

  // Reversible, between two blocks.
  void mix() {
    turn(a, c, b, 4);
    turn(b, a, c, 6);
    turn(c, b, a, 8);
    turn(a, c, b, 16);
    turn(b, a, c, 19);
    turn(c, b, a, 4);
  }

  // After the last block.
  void finish() {
    fold(c, b, 14);
    fold(a, c, 11);
    fold(b, a, 25);
    fold(c, b, 16);
    fold(a, c, 4);
    fold(b, a, 14);
    fold(c, b, 24);
  }
};

}  // namespace

// The last one to twelve bytes are a tail, a full block too; no bytes at all are not even finished.
std::uint32_t hash_jenkins(std::string_view key) {
  const std::uint32_t start = 0xdeadbeefU + static_cast<std::uint32_t>(key.size()) + initval;
  state state{start, start, start};
  std::size_t at = 0;
  for (; key.size() - at > 12; at += 12) {
    state.add(key, at);
    state.mix();
  }
  if (at == key.size()) return state.c;
  state.add_tail(key.substr(at));
  state.finish();
  return state.c;
}

}  // namespace dovetail
