// Target: what memcached servers are sent of a hostile client's bytes, read by somebody who shares
// no code with the proxy.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/memcache_reader.h"
#include "fuzz/memcache_words.h"
#include "fuzz/smuggling.h"
#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/memcache.h"

namespace {

using namespace dovetail;

// The fixed words, then all keys or those of a part, then flags; the block.
fuzz::request_words words_of(const request& asked, const std::vector<std::uint32_t>* keys) {
  const memcache::command& row = memcache::command_of(asked);
  fuzz::request_words words;
  for (std::size_t at = 0; at < asked.arguments.size(); ++at) {
    if (row.has_many_keys() && at >= row.fields.word_of(memcache::field::keys)) break;
    const std::string_view word = asked.argument(at);
    if (row.meta && at > row.fields.size() && word == "q") continue;
    words.push_back(fuzz::is_number_word(row, at) ? fuzz::shortest(word) : std::string(word));
  }
  if (row.has_many_keys()) {
    for (std::uint32_t at = 0; at < asked.keys.size(); ++at) {
      const bool wanted = keys == nullptr || std::ranges::find(*keys, at) != keys->end();
      if (wanted) words.emplace_back(asked.text(asked.keys[at]));
    }
  }
  if (row.has_block()) words.emplace_back(fuzz::block_of(asked));
  return words;
}

void check_wire(const fuzz::server_side_of_client& server) {
  std::string_view wire = server.wire;
  for (const fuzz::request_words& believed : server.believed) {
    const auto read = fuzz::take_memcache_request(wire);
    DOVETAIL_CHECK(read.has_value());
    DOVETAIL_CHECK(*read == believed);
  }
  DOVETAIL_CHECK(wire.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speaks = memcache::make_protocol({.limits = fuzz::small_limits});
  for (const auto& server : fuzz::forward_all(*speaks, fuzz::read_input(data, size), words_of))
    check_wire(server);
  return 0;
}
