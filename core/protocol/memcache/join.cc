#include "protocol/memcache/join.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "base/check.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/request.h"
#include "message/split_request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/replies.h"

namespace dovetail::memcache {
namespace {

// If a VALUE block for `key` starts at `at` in the reply, moves it to `out` and `at` behind it.
void take_value(const slice& reply, std::size_t& at, std::string_view key, outbox& out) {
  const std::size_t size = size_of_value(reply.view().substr(at), key);
  if (size == 0) return;
  out.append(reply.sub(at, size));
  at += size;
}

}  // namespace

void plan_join(const request& asked, const std::vector<std::string>& servers, split_request& plan) {
  if (!command_of(asked).for_all) {
    plan.join = join_values;
    for (const extent& key : asked.keys)
      plan.add_key(asked.text(key));
  } else if ((command_of(asked).shapes & shape::stats) != 0) {
    plan.join = join_stats;
    for (const std::uint32_t server : plan.servers)
      plan.add_key(servers[server]);
  } else {
    plan.join = join_oks;
  }
}

// The key of a part is the name of its server.
void join_stats(const split_request& plan, outbox& out) {
  constexpr std::string_view word = "STAT ";
  for (std::size_t at = 0; at < plan.parts.size(); ++at) {
    std::string_view lines = plan.parts[at].reply.view();
    while (lines.starts_with(word)) {
      const std::size_t end = lines.find('\n') + 1;
      out.append(word);
      out.append(plan.key(at));
      out.append("/");
      out.append(lines.substr(word.size(), end - word.size()));
      lines.remove_prefix(end);
    }
  }
  out.append("END\r\n");
}

void join_oks(const split_request&, outbox& out) {
  out.append("OK\r\n");
}

void join_values(const split_request& plan, outbox& out) {
  boost::container::small_vector<std::size_t, 64> read(plan.parts.size(), 0);  // of each part
  DOVETAIL_CHECK(plan.part_of_key.size() == plan.key_extents.size());
  for (std::size_t at = 0; at < plan.part_of_key.size(); ++at) {
    const std::uint32_t part = plan.part_of_key[at];
    if (plan.parts[part].failed) continue;
    take_value(plan.parts[part].reply, read[part], plan.key(at), out);
  }
  if (const auto* const failed = plan.failure()) return out.append(failed->reply);
  out.append("END\r\n");
}

}  // namespace dovetail::memcache
