// A request whose keys are on several servers is answered as one server that has all keys would.

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/backend.h"
#include "proptests/divided_request.h"
#include "proptests/generators.h"
#include "proptests/multikey.h"
#include "proptests/redis_messages.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::proptests {
namespace {

void expect_as_of_one_server(const protocol& speaks,
                             const multikey_request& sent,
                             const key_space& keys,
                             redundant_servers& servers) {
  divided_request asked(speaks, sent.bytes, owners_of(sent, keys));
  std::vector<part_reply> replies;
  replies.reserve(asked.parts());
  for (std::size_t part = 0; part < asked.parts(); ++part)
    replies.push_back({.bytes = servers.parts[asked.server_of(part)].ask(asked.wire_of(part))});
  RC_ASSERT(answer_in_any_order(asked, replies) == servers.whole.ask(sent.bytes));
}

RC_GTEST_PROP(splitting, of_redis_requests_is_answered_as_by_one_server_with_all_keys, ()) {
  const key_space keys = any_key_space();
  redundant_servers servers = any_redis_servers(keys);
  const auto speaks = redis::make_protocol({});
  for (std::size_t left = 1 + below(4); left > 0; --left)
    expect_as_of_one_server(*speaks, any_redis_multikey(keys), keys, servers);

  // And it has done the same.
  for (std::size_t key = 0; key < keys.keys.size(); ++key) {
    const std::string get = array_of({"GET", keys.keys[key]});
    RC_ASSERT(servers.parts[keys.owners[key]].ask(get) == servers.whole.ask(get));
  }
}

RC_GTEST_PROP(splitting, of_memcache_requests_is_answered_as_by_one_server_with_all_keys, ()) {
  const key_space keys = any_key_space();
  redundant_servers servers = any_memcache_servers(keys);
  const auto speaks = memcache::make_protocol({});
  for (std::size_t left = 1 + below(4); left > 0; --left)
    expect_as_of_one_server(*speaks, any_memcache_multikey(keys), keys, servers);
}

}  // namespace
}  // namespace dovetail::proptests
