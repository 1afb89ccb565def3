// Target: what redis servers are sent of a hostile client's bytes, read by somebody who shares no
// code with the proxy.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/messages.h"
#include "fuzz/smuggling.h"
#include "message/request.h"
#include "protocol/redis/redis.h"
#include "sim/model/redis_reader.h"

namespace {

using namespace dovetail;

// Part of a request: the command, and each key with its value where it is MSET.
fuzz::request_words words_of(const request& asked, const std::vector<std::uint32_t>* keys) {
  fuzz::request_words words;
  if (keys == nullptr) {
    for (const extent each : asked.arguments)
      words.emplace_back(asked.text(each));
    return words;
  }
  words.emplace_back(asked.argument(0));
  const std::size_t step = equal_ignoring_case(asked.argument(0), "mset") ? 2 : 1;
  for (const std::uint32_t key : *keys) {
    for (std::size_t at = 0; at < step; ++at)
      words.emplace_back(asked.argument(1 + key * step + at));
  }
  return words;
}

void check_wire(const fuzz::server_side_of_client& server) {
  static block_pool blocks(512);
  inbox in(blocks);
  if (!server.wire.empty()) fuzz::put(in, server.wire);
  sim::redis_reader reader;
  for (const fuzz::request_words& believed : server.believed) {
    DOVETAIL_CHECK(in.unread().starts_with('*'));
    DOVETAIL_CHECK(reader.read(in) == sim::redis_reader::outcome::complete);
    DOVETAIL_CHECK(reader.words() == believed);
  }
  DOVETAIL_CHECK(in.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speaks = redis::make_protocol({.password = {}, .limits = fuzz::small_limits});
  for (const auto& server : fuzz::forward_all(*speaks, fuzz::read_input(data, size), words_of))
    check_wire(server);
  return 0;
}
