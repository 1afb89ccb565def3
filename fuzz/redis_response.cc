// Target: redis's responses, as a server sends them.

#include <cstddef>
#include <cstdint>

#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/responses.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"
#include "sim/model/redis_reply_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  static const auto speaks = redis::make_protocol({.password = {}, .limits = fuzz::small_limits});
  fuzz::check_responses<sim::redis_reply_reader>(*speaks, fuzz::read_input(data, size));
  return 0;
}
