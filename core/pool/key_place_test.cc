#include "pool/key_place.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "config/config.h"
#include "pool/server_pool.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

// A pool of `count` servers, s0, s1 … at ports from 7000 on.
pool_config pool_of(int count, distribution_kind kind = distribution_kind::ketama) {
  pool_config pool;
  pool.name = "alpha";
  pool.redis = true;
  pool.distribution = kind;
  for (int each = 0; each < count; ++each) {
    pool.servers.push_back({.address = {.host = "10.0.0.1",
                                        .port = static_cast<std::uint16_t>(7000 + each),
                                        .path = {}},
                            .weight = 1,
                            .name = "s" + std::to_string(each)});
  }
  return pool;
}

TEST(key_place, says_what_is_hashed_and_to_what) {
  pool_config pool = pool_of(3);
  pool.hash_tag = "{}";
  const key_place found = place_of("user:{7}:name", pool);

  EXPECT_EQ(found.part, "7");
  EXPECT_EQ(found.hash, hash_of(hash_kind::fnv1a_64)("7"));
  EXPECT_EQ(found.server, place_of("7", pool).server);
}

TEST(key_place, agrees_with_the_pool_for_every_key) {
  for (const auto kind : {distribution_kind::ketama, distribution_kind::modula}) {
    const pool_config pool = pool_of(5, kind);
    server_pool servers(pool, 0);
    for (int each = 0; each < 200; ++each) {
      const std::string key = "k" + std::to_string(each);
      EXPECT_EQ(place_of(key, pool).server, servers.server_for(key));
    }
  }
}

TEST(key_place, names_the_point_at_or_after_the_hash_or_the_remainder) {
  const key_place ring = place_of("k", pool_of(3));
  EXPECT_EQ(ring.points, 480);
  EXPECT_TRUE(*ring.point >= *ring.hash || *ring.point < 100000000);

  const key_place remainder = place_of("k", pool_of(3, distribution_kind::modula));
  EXPECT_EQ(remainder.point, *remainder.hash % 3);
}

TEST(key_place, hashes_nothing_for_one_server_and_knows_no_server_of_random) {
  EXPECT_FALSE(place_of("k", pool_of(1)).hash.has_value());
  EXPECT_EQ(place_of("k", pool_of(1)).server, 0);
  EXPECT_FALSE(place_of("k", pool_of(3, distribution_kind::random)).server.has_value());
}

TEST(moved_keys, are_none_when_nothing_that_places_them_changes) {
  pool_config after = pool_of(4);
  after.timeout_ms = 77;
  EXPECT_EQ(moved_keys(pool_of(4), after), 0);
}

TEST(moved_keys, are_about_a_fifth_when_ketama_gets_a_fifth_server) {
  const std::uint32_t moved = moved_keys(pool_of(4), pool_of(5));
  EXPECT_GT(moved, moved_keys_sample / 8);
  EXPECT_LT(moved, moved_keys_sample / 4);
}

TEST(moved_keys, are_those_of_a_server_whose_address_changes_under_its_name) {
  pool_config after = pool_of(2);
  after.servers[1].address.port = 9999;
  const std::uint32_t moved = moved_keys(pool_of(2), after);
  EXPECT_GT(moved, moved_keys_sample / 3);
  EXPECT_LT(moved, moved_keys_sample * 2 / 3);
}

TEST(moved_keys, are_all_when_the_database_changes) {
  pool_config after = pool_of(2);
  after.redis_db = 3;
  EXPECT_EQ(moved_keys(pool_of(2), after), moved_keys_sample);
}

}  // namespace
}  // namespace dovetail
