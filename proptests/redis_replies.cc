// Any reply of redis survives being written, cut anywhere and parsed.

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/generators.h"
#include "proptests/reading.h"
#include "proptests/redis_messages.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"
#include "protocol/redis/shapes.h"

namespace dovetail::proptests {
namespace {

const protocol& redis_protocol() {
  static const auto speaks = redis::make_protocol({});
  return *speaks;
}

RC_GTEST_PROP(redis_replies, survive_being_written_cut_and_parsed, ()) {
  const auto sent = *rc::gen::container<std::vector<redis_reply>>(rc::gen::exec(&any_redis_reply));
  std::string stream;
  for (const redis_reply& each : sent)
    stream += each.bytes;
  const auto got = read_responses(redis_protocol(), stream, any_pieces(stream));

  RC_ASSERT(!got.malformed);
  RC_ASSERT(got.unread.empty());
  RC_ASSERT(got.messages.size() == sent.size());
  for (std::size_t at = 0; at < sent.size(); ++at) {
    RC_ASSERT(got.messages[at].bytes == sent[at].bytes);
    RC_ASSERT(got.messages[at].relayed == sent[at].bytes);
    RC_ASSERT(got.messages[at].shape == sent[at].shape);
    RC_ASSERT(got.messages[at].count == sent[at].count);
  }
}

// Arrays in arrays are counted down, not guessed at: up to the limit and not beyond.
RC_GTEST_PROP(redis_replies, may_be_nested_as_deep_as_the_limit_and_no_deeper, ()) {
  const std::size_t most = 1 + below(40);
  const auto speaks = redis::make_protocol(
      {.password = {}, .database = 0, .limits = {.nesting_max = static_cast<unsigned>(most)}});
  std::string within = ":1\r\n";
  for (std::size_t depth = 0; depth < most; ++depth) {
    within.insert(0, one_in(2) ? "*1\r\n" : "*2\r\n$-1\r\n");
  }
  const std::string beyond = "*1\r\n" + within;

  const auto good = read_responses(*speaks, within, any_pieces(within));
  RC_ASSERT(good.messages.size() == 1U);
  RC_ASSERT(good.messages[0].shape == redis::shape::array);
  RC_ASSERT(read_responses(*speaks, beyond, any_pieces(beyond)).malformed);
}

}  // namespace
}  // namespace dovetail::proptests
