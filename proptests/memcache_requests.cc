// Any request of memcached survives being written, cut anywhere and parsed, and what is refused
// leaves the stream in step.

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/generators.h"
#include "proptests/memcache_messages.h"
#include "proptests/parsed.h"
#include "proptests/reading.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {
namespace {

const protocol& memcache_protocol() {
  static const auto speaks = memcache::make_protocol({});
  return *speaks;
}

memcache_request a_request() {
  return *rc::gen::exec(&any_memcache_request);
}

void expect_found(const read_request& found, const memcache_request& sent) {
  RC_ASSERT(found.refusal.empty());
  RC_ASSERT(found.arguments == sent.words);
  RC_ASSERT(found.keys == sent.keys);
  RC_ASSERT(found.reply_wanted == sent.reply_wanted);
  RC_ASSERT(found.bytes == sent.sent);
  RC_ASSERT(found.canonical == (sent.sent == sent.forwarded));
}

RC_GTEST_PROP(memcache_requests, survive_being_written_cut_and_parsed, ()) {
  const auto sent =
      *rc::gen::container<std::vector<memcache_request>>(rc::gen::exec(&any_memcache_request));
  std::string stream;
  for (const memcache_request& each : sent)
    stream += each.sent;
  const auto got = read_requests(memcache_protocol(), stream, any_pieces(stream));

  RC_ASSERT(!got.malformed);
  RC_ASSERT(got.unread.empty());
  RC_ASSERT(got.messages.size() == sent.size());
  for (std::size_t at = 0; at < sent.size(); ++at)
    expect_found(got.messages[at], sent[at]);
}

RC_GTEST_PROP(memcache_requests, reach_a_server_in_their_one_spelling, ()) {
  const memcache_request sent = a_request();
  const std::string forwarded = written(memcache_protocol(), sent.sent);
  RC_ASSERT(forwarded == sent.forwarded);

  const auto again = read_requests(memcache_protocol(), forwarded);
  RC_ASSERT(again.messages.size() == 1U);
  RC_ASSERT(again.messages[0].canonical);
  RC_ASSERT(again.messages[0].reply_wanted);
  RC_ASSERT(again.messages[0].keys == sent.keys);
}

RC_GTEST_PROP(memcache_requests, stay_in_step_behind_one_that_is_refused, ()) {
  const memcache_request before = a_request();
  const refused_request refused = *rc::gen::exec(&any_refused_request);
  const memcache_request behind = a_request();
  const std::string stream = before.sent + refused.sent + behind.sent;
  const auto got = read_requests(memcache_protocol(), stream, any_pieces(stream));

  RC_ASSERT(!got.malformed);
  RC_ASSERT(got.messages.size() == 3U);
  expect_found(got.messages[0], before);
  RC_ASSERT(got.messages[1].refusal == refused.refusal);
  RC_ASSERT(got.messages[1].end == before.sent.size() + refused.sent.size());
  expect_found(got.messages[2], behind);
}

}  // namespace
}  // namespace dovetail::proptests
