// Target: memcached's responses, as a server sends them.

#include <cstddef>
#include <cstdint>

#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/responses.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "sim/model/memcache_reply_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  static const auto speaks = memcache::make_protocol({.limits = fuzz::small_limits});
  fuzz::check_responses<sim::memcache_reply_reader>(*speaks, fuzz::read_input(data, size));
  return 0;
}
