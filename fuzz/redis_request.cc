#include <cstddef>
#include <cstdint>

#include "fuzz/parser_target.h"
#include "message/request.h"
#include "protocol/redis/redis.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speaks = dovetail::redis::make_protocol({});
  return dovetail::fuzz::compare_readings<dovetail::request>(
      [] { return speaks->new_request_parser(); }, data, size);
}
