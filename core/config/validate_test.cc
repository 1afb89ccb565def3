#include "config/validate.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "config/directives.h"
#include "config/nearest.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config two_servers() {
  pool_config pool;
  pool.name = "alpha";
  pool.listen = {.host = "127.0.0.1", .port = 22121, .path = {}};
  pool.timeout_ms = 400;
  pool.servers = {{.address = {.host = "a", .port = 1, .path = {}}, .weight = 1, .name = "a"},
                  {.address = {.host = "b", .port = 1, .path = {}}, .weight = 1, .name = "b"}};
  return {.pools = {pool}};
}

std::vector<std::string> keys(const config& what) {
  std::vector<std::string> found;
  for (const finding& each : validate(what))
    found.emplace_back(each.key);
  return found;
}

TEST(validate, finds_nothing_in_a_sound_configuration) {
  EXPECT_THAT(validate(two_servers()), IsEmpty());
}

TEST(validate, finds_everything_that_is_wrong_with_a_pool_made_by_hand) {
  config what = two_servers();
  pool_config& pool = what.pools[0];
  pool.listen = {};
  pool.redis_auth = "secret";
  pool.server_connections = 0;
  pool.hash_tag = "{";
  pool.servers[1] = pool.servers[0];
  pool.servers[1].weight = 0;

  EXPECT_THAT(keys(what), ElementsAre("listen", "redis_auth", "server_connections", "hash_tag",
                                      "servers", "servers"));
}

TEST(validate, compares_listeners_by_address_not_by_spelling) {
  config what = two_servers();
  what.pools.push_back(what.pools[0]);
  what.pools[1].name = "beta";
  EXPECT_THAT(keys(what), ElementsAre("listen"));

  what.pools[1].listen.port = 22122;
  EXPECT_THAT(keys(what), IsEmpty());
}

TEST(validate, warns_of_a_port_that_another_pool_has_at_every_address) {
  config what = two_servers();
  what.pools.push_back(what.pools[0]);
  what.pools[1].name = "beta";
  what.pools[1].listen.host = "0.0.0.0";
  ASSERT_THAT(keys(what), ElementsAre("listen"));
  EXPECT_EQ(validate(what)[0].weight, severity::warning);

  what.pools[1].listen.host = "::";
  EXPECT_THAT(keys(what), IsEmpty());
  what.pools[1].listen.host = "127.0.0.2";
  EXPECT_THAT(keys(what), IsEmpty());
}

TEST(validate, bounds_the_weights_that_modula_has_to_lay_out) {
  config what = two_servers();
  what.pools[0].servers[0].weight = 10'000'000;
  EXPECT_THAT(keys(what), IsEmpty());

  what.pools[0].distribution = distribution_kind::modula;
  EXPECT_THAT(keys(what), ElementsAre("servers"));
}

TEST(validate, warns_of_crc32_only_where_it_hurts) {
  config what = two_servers();
  what.pools[0].hash = hash_kind::crc32;
  ASSERT_THAT(keys(what), ElementsAre("hash"));
  EXPECT_EQ(validate(what)[0].weight, severity::warning);

  what.pools[0].distribution = distribution_kind::modula;
  EXPECT_THAT(keys(what), IsEmpty());
  what.pools[0].distribution = distribution_kind::ketama;
  what.pools[0].servers.pop_back();
  EXPECT_THAT(keys(what), IsEmpty());
}

TEST(validate, warns_of_requests_that_wait_for_ever) {
  config what = two_servers();
  what.pools[0].timeout_ms = 0;
  ASSERT_THAT(keys(what), ElementsAre("timeout"));
  EXPECT_EQ(validate(what)[0].weight, severity::warning);
}

TEST(directives, suggest_the_nearest_key_and_none_that_is_far) {
  EXPECT_EQ(unknown_key("server"), "is unknown; did you mean \"servers\"?");
  EXPECT_EQ(unknown_key("auto_eject_host"), "is unknown; did you mean \"auto_eject_hosts\"?");
  EXPECT_EQ(unknown_key("serverconnections"), "is unknown; did you mean \"server_connections\"?");
  EXPECT_EQ(unknown_key("ssl"), "is unknown");
  EXPECT_EQ(unknown_key(std::string(1000, 'x')), "is unknown");
}

TEST(nearest, counts_changed_added_and_missing_characters) {
  const std::vector<std::string_view> known = {"timeout", "backlog"};
  EXPECT_EQ(nearest("timeout", known), "timeout");
  EXPECT_EQ(nearest("tmeout", known), "timeout");
  EXPECT_EQ(nearest("time-out", known), "timeout");
  EXPECT_EQ(nearest("backlock", known), "backlog");
  EXPECT_EQ(nearest("", known), std::nullopt);
  EXPECT_EQ(nearest("log", known), std::nullopt);
}

}  // namespace
}  // namespace dovetail
