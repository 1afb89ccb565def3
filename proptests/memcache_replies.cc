// Any response of memcached survives being written, cut anywhere and parsed.

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/generators.h"
#include "proptests/memcache_messages.h"
#include "proptests/reading.h"
#include "protocol/memcache/memcache.h"

namespace dovetail::proptests {
namespace {

RC_GTEST_PROP(memcache_replies, survive_being_written_cut_and_parsed, ()) {
  const auto sent =
      *rc::gen::container<std::vector<memcache_reply>>(rc::gen::exec(&any_memcache_reply));
  std::string stream;
  for (const memcache_reply& each : sent)
    stream += each.bytes;
  const auto got = read_responses(*memcache::make_protocol({}), stream, any_pieces(stream));

  RC_ASSERT(!got.malformed);
  RC_ASSERT(got.unread.empty());
  RC_ASSERT(got.messages.size() == sent.size());
  for (std::size_t at = 0; at < sent.size(); ++at) {
    const read_response& found = got.messages[at];
    RC_ASSERT(found.bytes == sent[at].bytes);
    RC_ASSERT(found.relayed == sent[at].relayed);
    RC_ASSERT(found.shape == sent[at].shape);
    RC_ASSERT(found.count == sent[at].count);
    RC_ASSERT(found.echoes == sent[at].echoes);
  }
}

}  // namespace
}  // namespace dovetail::proptests
