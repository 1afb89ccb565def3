// Whatever part of a split request fails, and however, the client gets one reply: the error of the
// first part that failed, in the order of the parts' first keys.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/divided_request.h"
#include "proptests/generators.h"
#include "proptests/multikey.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::proptests {
namespace {

// How a part fails: what comes instead of its reply, and what a client may see of that.
struct failing {
  part_reply reply;
  std::string told;
};

// The proxy's own words when a server is gone or late.
failing own_error(const protocol& speaks) {
  const std::string why =
      any_of<std::string>({"Server closed the connection", "Connection timed out"});
  std::string text;
  speaks.refuse(why, text);
  return {.reply = {.bytes = text, .is_own = true}, .told = text};
}

failing redis_failing(const protocol& speaks, std::size_t part, const std::string&) {
  if (one_in(2)) return own_error(speaks);
  const std::string text = any_of<std::string>({"-OOM command not allowed", "-LOADING", "-ERR"}) +
                           ' ' + std::to_string(part) + "\r\n";
  return {.reply = {.bytes = text}, .told = text};
}

// An error may come alone, or behind the values in the place of END: then it is all that is told.
failing memcache_failing(const protocol& speaks, std::size_t part, const std::string& honest) {
  if (one_in(2)) return own_error(speaks);
  const std::string text = any_of<std::string>({"SERVER_ERROR out of memory", "ERROR"}) + ' ' +
                           std::to_string(part) + "\r\n";
  std::string values;
  if (one_in(2)) values = honest.substr(0, honest.size() - std::string_view("END\r\n").size());
  return {.reply = {.bytes = values + text}, .told = text};
}

// `fail(speaks, part, honest reply)`.
template <class Fail>
void expect_the_first_error(const protocol& speaks,
                            const multikey_request& sent,
                            const key_space& keys,
                            redundant_servers& servers,
                            Fail fail) {
  divided_request asked(speaks, sent.bytes, owners_of(sent, keys));
  RC_PRE(asked.parts() > 1);
  const std::size_t surely = below(asked.parts());
  std::optional<std::string> first;
  std::vector<part_reply> replies;
  for (std::size_t part = 0; part < asked.parts(); ++part) {
    part_reply honest{.bytes = servers.parts[asked.server_of(part)].ask(asked.wire_of(part))};
    if (part != surely && one_in(2)) {
      replies.push_back(honest);
      continue;
    }
    const failing made = fail(speaks, part, honest.bytes);
    replies.push_back(made.reply);
    if (!first) first = made.told;
  }
  RC_ASSERT(answer_in_any_order(asked, replies) == first);
}

RC_GTEST_PROP(failed_parts, of_redis_requests_make_the_first_error_the_one_reply, ()) {
  const key_space keys = any_key_space();
  redundant_servers servers = any_redis_servers(keys);
  expect_the_first_error(*redis::make_protocol({}), any_redis_multikey(keys), keys, servers,
                         redis_failing);
}

RC_GTEST_PROP(failed_parts, of_memcache_requests_make_the_first_error_the_one_reply, ()) {
  const key_space keys = any_key_space();
  redundant_servers servers = any_memcache_servers(keys);
  expect_the_first_error(*memcache::make_protocol({}), any_memcache_multikey(keys), keys, servers,
                         memcache_failing);
}

}  // namespace
}  // namespace dovetail::proptests
