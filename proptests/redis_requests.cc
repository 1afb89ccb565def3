// Any request of redis survives being written, cut anywhere and parsed.

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "proptests/generators.h"
#include "proptests/parsed.h"
#include "proptests/reading.h"
#include "proptests/redis_messages.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::proptests {
namespace {

const protocol& redis_protocol() {
  static const auto speaks = redis::make_protocol({});
  return *speaks;
}

std::vector<redis_request> any_requests() {
  return *rc::gen::container<std::vector<redis_request>>(rc::gen::exec(&any_redis_request));
}

std::string stream_of(const std::vector<redis_request>& sent) {
  std::string stream;
  for (const redis_request& each : sent)
    stream += each.bytes;
  return stream;
}

RC_GTEST_PROP(redis_requests, survive_being_written_cut_and_parsed, ()) {
  const auto sent = any_requests();
  const std::string stream = stream_of(sent);
  const auto got = read_requests(redis_protocol(), stream, any_pieces(stream));

  RC_ASSERT(!got.malformed);
  RC_ASSERT(got.unread.empty());
  RC_ASSERT(got.messages.size() == sent.size());
  std::size_t end = 0;
  for (std::size_t at = 0; at < sent.size(); ++at) {
    const read_request& found = got.messages[at];
    end += sent[at].bytes.size();
    RC_ASSERT(found.arguments == sent[at].said);
    RC_ASSERT(found.end == end);
    RC_ASSERT(found.canonical == sent[at].canonical);
    RC_ASSERT(found.bytes == (sent[at].is_inline ? array_of(sent[at].said) : sent[at].bytes));
  }
}

// What a server gets of it is the array that it means, whatever its spelling was. SCAN means
// another cursor to each server.
RC_GTEST_PROP(redis_requests, reach_a_server_as_the_array_that_they_mean, ()) {
  const redis_request sent = *rc::gen::exec(&any_redis_request);
  RC_PRE(!equal_ignoring_case(sent.said[0], "scan"));
  RC_ASSERT(written(redis_protocol(), sent.bytes) == array_of(sent.said));
}

}  // namespace
}  // namespace dovetail::proptests
