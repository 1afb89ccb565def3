// Target: memcached's responses, as a server sends them.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/parser_target.h"
#include "fuzz/responses.h"
#include "message/response.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "sim/model/memcache_reply_reader.h"
#include "sim/model/reply_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  static const auto speaks = memcache::make_protocol({.limits = fuzz::small_limits});
  const fuzz::cut_stream input = fuzz::read_input(data, size);
  std::string_view rest = input.bytes;
  const auto visit = [&](const response& found, const inbox& in) {
    rest.remove_prefix(found.size);
    fuzz::check_relayed<sim::memcache_reply_reader>(*speaks, found, in);
  };
  const auto parser = [] { return speaks->new_response_parser(); };
  const parse_status end = fuzz::compare_readings<response>(parser, input, visit);
  if (end == parse_status::incomplete && !rest.empty()) {
    // The parser judges whole lines, the reader each byte: it may know already that this is wrong.
    const auto read = sim::memcache_reply_reader().read(rest);
    DOVETAIL_CHECK(read.is != sim::reply_frame::outcome::complete);
  }
  return 0;
}
