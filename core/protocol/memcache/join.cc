#include "protocol/memcache/join.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "base/check.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/request.h"
#include "message/split_request.h"
#include "protocol/memcache/replies.h"

namespace dovetail::memcache {
namespace {

// If a VALUE block for `key` starts at `at` in the reply, moves it to `out` and `at` behind it.
void take_value(const slice& reply, std::size_t& at, std::string_view key, outbox& out) {
  const std::string_view rest = reply.view().substr(at);
  const std::size_t line_size = rest.find('\n') + 1;
  if (line_size < 2) return;
  const auto value = read_value_line(rest.substr(0, line_size - 2));
  if (!value || rest.substr(value->key.offset, value->key.size) != key) return;
  const std::size_t size = line_size + static_cast<std::size_t>(value->bytes) + 2;
  out.append(reply.sub(at, size));
  at += size;
}

}  // namespace

void plan_join(const request& asked, split_request& plan) {
  plan.join = join_values;
  for (const extent& key : asked.keys) {
    plan.key_extents.push_back(
        {.offset = static_cast<std::uint32_t>(plan.keys.size()), .size = key.size});
    plan.keys.append(asked.text(key));
  }
}

void join_values(const split_request& plan, outbox& out) {
  boost::container::small_vector<std::size_t, 64> read(plan.parts.size(), 0);  // of each part
  DOVETAIL_CHECK(plan.part_of_key.size() == plan.key_extents.size());
  for (std::size_t at = 0; at < plan.part_of_key.size(); ++at) {
    const std::uint32_t part = plan.part_of_key[at];
    take_value(plan.parts[part].reply, read[part], plan.key(at), out);
  }
  out.append("END\r\n");
}

}  // namespace dovetail::memcache
