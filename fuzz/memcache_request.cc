// Target: memcached's requests, as a client sends them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "buffer/inbox.h"
#include "fuzz/input.h"
#include "fuzz/limits.h"
#include "fuzz/memcache_words.h"
#include "fuzz/parser_target.h"
#include "fuzz/requests.h"
#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"

namespace {

using namespace dovetail;

// The flag q, as noreply, is not passed on.
void check_words(const request& asked, const request& again) {
  const memcache::command& row = memcache::command_of(asked);
  const std::size_t fixed = 1 + row.fields.size();
  std::size_t next = 0;
  for (std::size_t at = 0; at < asked.arguments.size(); ++at) {
    const std::string_view word = asked.argument(at);
    if (row.meta && at >= fixed && word == "q") continue;
    DOVETAIL_CHECK(next < again.arguments.size());
    const std::string_view written = again.argument(next++);
    DOVETAIL_CHECK(written ==
                   (fuzz::is_number_word(row, at) ? fuzz::shortest(word) : std::string(word)));
  }
  DOVETAIL_CHECK(next == again.arguments.size());
  DOVETAIL_CHECK(fuzz::block_of(asked) == fuzz::block_of(again));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speaks = memcache::make_protocol({.limits = fuzz::small_limits});
  static session who;
  static std::string answer;
  const auto visit = [&](const request& found, const inbox& in) {
    if (speaks->filter(found, who, answer) != verdict::forward) return;
    fuzz::check_written(*speaks, in.pool(), found, check_words);
    fuzz::check_parts(*speaks, in.pool(), found);
  };
  const auto parser = [] { return speaks->new_request_parser(); };
  fuzz::compare_readings<request>(parser, fuzz::read_input(data, size), visit);
  return 0;
}
