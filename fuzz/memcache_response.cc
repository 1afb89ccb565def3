#include <cstddef>
#include <cstdint>

#include "fuzz/parser_target.h"
#include "message/response.h"
#include "protocol/memcache/memcache.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speaks = dovetail::memcache::make_protocol({});
  return dovetail::fuzz::compare_readings<dovetail::response>(
      [] { return speaks->new_response_parser(); }, data, size);
}
