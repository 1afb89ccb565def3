#include "pool/key_place.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "config/config.h"
#include "pool/server_pool.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "route/hash_tag.h"
#include "route/ketama.h"

namespace dovetail {
namespace {

void find_point(const pool_config& in, key_place& found) {
  const std::uint32_t hash = *found.hash;
  if (in.distribution == distribution_kind::modula) {
    found.points =
        std::transform_reduce(in.servers.begin(), in.servers.end(), std::uint32_t{0}, std::plus(),
                              [](const server_config& each) { return each.weight; });
    found.point = hash % found.points;
    return;
  }
  std::vector<place> places;
  places.reserve(in.servers.size());
  for (const server_config& each : in.servers)
    places.push_back({.name = each.name, .weight = each.weight});
  ketama ring;
  ring.rebuild(places);
  const auto points = ring.points();
  auto at = std::ranges::find_if(points, [&](const auto& each) { return each.value >= hash; });
  if (at == points.end()) at = points.begin();
  found.points = static_cast<std::uint32_t>(points.size());
  found.point = at->value;
  DOVETAIL_CHECK(at->server == found.server);
}

}  // namespace

key_place place_of(std::string_view key, const pool_config& in) {
  key_place found{.part = tagged_part(key, in.hash_tag)};
  if (in.servers.size() == 1) {
    found.server = 0;
    return found;
  }
  found.hash = found.part.empty() ? 0 : hash_of(in.hash)(found.part);
  if (in.distribution == distribution_kind::random) return found;
  found.server = server_pool(in, 0).server_for(key);
  find_point(in, found);
  return found;
}

std::uint32_t moved_keys(const pool_config& before, const pool_config& after) {
  const bool other_database = before.redis && after.redis && before.redis_db != after.redis_db;
  if (other_database || before.redis != after.redis) return moved_keys_sample;
  server_pool from(before, 0);
  server_pool to(after, 0);
  std::uint32_t moved = 0;
  std::string key;
  for (std::uint32_t each = 0; each < moved_keys_sample; ++each) {
    key.assign("key:").append(decimal::of(each).text());
    const server_config& here = before.servers[*from.server_for(key)];
    const server_config& there = after.servers[*to.server_for(key)];
    if (here.address != there.address) ++moved;
  }
  return moved;
}

}  // namespace dovetail
