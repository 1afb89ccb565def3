// Target: redis's requests, as a client sends them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/messages.h"
#include "fuzz/parser_target.h"
#include "fuzz/requests.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"
#include "sim/model/redis_reader.h"

namespace {

void check_words(const dovetail::request& asked, const dovetail::request& again) {
  DOVETAIL_CHECK(again.arguments.size() == asked.arguments.size());
  for (std::size_t at = 0; at < asked.arguments.size(); ++at)
    DOVETAIL_CHECK(again.argument(at) == asked.argument(at));
}

// A reader that shares no code with the proxy goes along: what is found must be what it finds.
// Where redis, and so the proxy, takes any byte for an LF, it does not, and goes no further.
class companion {
 public:
  companion(dovetail::block_pool& blocks, std::string_view stream) : in_(blocks) {
    if (!stream.empty()) dovetail::fuzz::put(in_, stream);
  }

  void check(const dovetail::request& found) {
    if (found.arguments.empty()) return;
    if (!go_on()) return;
    DOVETAIL_CHECK(outcome_ == outcome::complete);
    DOVETAIL_CHECK(reader_.words().size() == found.arguments.size());
    for (std::size_t at = 0; at < found.arguments.size(); ++at)
      DOVETAIL_CHECK(reader_.words()[at] == found.argument(at));
  }

  void check_rest() { DOVETAIL_CHECK(!go_on() || outcome_ == outcome::incomplete); }

 private:
  using outcome = dovetail::sim::redis_reader::outcome;

  bool go_on() {
    if (outcome_ == outcome::malformed) return false;
    outcome_ = reader_.read(in_);
    return outcome_ != outcome::malformed || !reader_.error().contains("expected");
  }

  dovetail::inbox in_;
  dovetail::sim::redis_reader reader_;
  outcome outcome_ = outcome::complete;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  static const auto speaks = redis::make_protocol({.password = {}, .limits = fuzz::small_limits});
  static session who;
  static std::string answer;
  static block_pool blocks(512);
  const fuzz::cut_stream input = fuzz::read_input(data, size);
  companion other(blocks, input.bytes);
  const auto visit = [&](const request& found, const inbox& in) {
    other.check(found);
    if (speaks->filter(found, who, answer) != verdict::forward) return;
    fuzz::check_written(*speaks, in.pool(), found, check_words);
    fuzz::check_parts(*speaks, in.pool(), found);
  };
  const auto parser = [] { return speaks->new_request_parser(); };
  const auto of_stranger = [] {
    auto fresh = speaks->new_request_parser();
    fresh->trust(false);
    return fresh;
  };
  const parse_status end = input.by_stranger
                               ? fuzz::compare_readings<request>(of_stranger, input, visit)
                               : fuzz::compare_readings<request>(parser, input, visit);
  if (end == parse_status::incomplete) other.check_rest();
  return 0;
}
