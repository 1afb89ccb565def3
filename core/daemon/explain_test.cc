#include "daemon/explain.h"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "route/distribution.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

pool_config pool_of(int count) {
  pool_config pool;
  pool.name = "alpha";
  pool.redis = true;
  pool.hash_tag = "{}";
  pool.server_connections = 4;
  for (int each = 0; each < count; ++each) {
    pool.servers.push_back({.address = {.host = "10.0.0.1",
                                        .port = static_cast<std::uint16_t>(7000 + each),
                                        .path = {}},
                            .weight = 1,
                            .name = "s" + std::to_string(each)});
  }
  return pool;
}

config config_of(const pool_config& pool) {
  return {.pools = {pool}};
}

TEST(explain, says_part_hash_point_server_and_lanes) {
  pool_config pool = pool_of(3);
  pool.distribution = distribution_kind::modula;
  const std::string text = explain_key(pool, "user:{7}:\xff");

  EXPECT_THAT(text, HasSubstr("pool:   \"alpha\"\nkey:    \"user:{7}:\xef\xbf\xbd\"\n"
                              "part:   \"7\"\nhash:   fnv1a_64, "));
  EXPECT_THAT(text, HasSubstr("\npoint:  modula, "));
  EXPECT_THAT(text, HasSubstr(" of 0 to 2\nserver: \"s"));
  EXPECT_THAT(text, HasSubstr("weight 1, "));
  EXPECT_TRUE(text.ends_with("lanes:  4 for each worker; a client keeps to one\n"));
}

TEST(explain, says_the_same_as_json) {
  EXPECT_THAT(
      explain_key_as_json(pool_of(2), "k"),
      testing::MatchesRegex(R"(\{"pool":"alpha","key":"k","part":"k","hash_name":"fnv1a_64",)"
                            R"("hash":[0-9]+,"distribution":"ketama","point":[0-9]+,)"
                            R"("points":320,"server":\{"index":[01],"name":"s[01]",)"
                            R"("address":"10\.0\.0\.1:700[01]","weight":1\},)"
                            R"("servers":2,"lanes":4\})"));
}

TEST(explain, knows_where_nothing_is_hashed_and_where_any_server_will_do) {
  EXPECT_THAT(explain_key(pool_of(1), "k"),
              HasSubstr("hash:   none: there is one server\nserver: "));
  pool_config pool = pool_of(2);
  pool.distribution = distribution_kind::random;
  EXPECT_THAT(explain_key(pool, "k"), HasSubstr("point:  random, any server\nserver: any of 2\n"));
}

TEST(explain, names_pools_and_servers_that_come_and_go) {
  pool_config after = pool_of(3);
  after.servers.erase(after.servers.begin());
  EXPECT_THAT(
      explain_change(config_of(pool_of(2)), config_of(after)),
      testing::MatchesRegex("pool \"alpha\": [0-9]+\\.[0-9]{3}% of 100000 sample keys move; "
                            "added \"s2\" at 10\\.0\\.0\\.1:7002; "
                            "removed \"s0\" at 10\\.0\\.0\\.1:7000\n"));

  pool_config other = pool_of(1);
  other.name = "beta";
  EXPECT_EQ(explain_change(config_of(pool_of(1)), config_of(other)),
            "pool \"beta\": is new\npool \"alpha\": is gone\n");
  EXPECT_EQ(explain_change(config_of(other), config_of(other)),
            "pool \"beta\": 0.000% of 100000 sample keys move\n");
}

}  // namespace
}  // namespace dovetail
