#include "pool/server_pool.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/time.h"
#include "config/config.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

using namespace std::chrono_literals;

constexpr instant start = instant(1000s);

// Three servers that are ejected after two failures, for five seconds.
pool_config three_servers() {
  pool_config pool;
  pool.distribution = distribution_kind::modula;
  pool.auto_eject_hosts = true;
  pool.server_failure_limit = 2;
  pool.server_retry_timeout_ms = 5000;
  for (const auto name : {"a", "b", "c"})
    pool.servers.emplace_back().name = name;
  return pool;
}

// Whom many keys go to.
std::set<std::uint32_t> servers_in_use(server_pool& pool) {
  std::set<std::uint32_t> used;
  for (int key = 0; key < 200; ++key) {
    if (const auto server = pool.server_for("key" + std::to_string(key))) used.insert(*server);
  }
  return used;
}

void eject(server_pool& pool, std::uint32_t server, instant now) {
  EXPECT_FALSE(pool.failed(server, now));
  EXPECT_TRUE(pool.failed(server, now));
}

void bring_back(server_pool& pool, std::uint32_t server, instant now) {
  EXPECT_TRUE(pool.begin_probe(server, now));
  pool.probe_answered(server);
}

TEST(server_pool, uses_all_its_servers) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);

  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
}

TEST(server_pool, sends_the_same_key_to_the_same_server) {
  const pool_config config = three_servers();
  server_pool pool(config, 0), again(config, 1);

  for (const auto key : {"", "a", "user:7", "\xff"}) {
    EXPECT_EQ(pool.server_for(key), again.server_for(key));
  }
}

TEST(server_pool, takes_the_hash_of_an_empty_key_for_zero) {
  pool_config config = three_servers();
  config.hash = hash_kind::md5;  // 3649838548 for no bytes, which is 1 modulo 3
  server_pool pool(config, 0);

  EXPECT_EQ(pool.server_for(""), 0U);
}

TEST(server_pool, keeps_keys_of_one_hash_tag_together) {
  pool_config config = three_servers();
  config.hash_tag = "{}";
  server_pool pool(config, 0);

  for (int key = 0; key < 100; ++key) {
    EXPECT_EQ(pool.server_for("{7}" + std::to_string(key)), pool.server_for("7"));
  }
}

TEST(server_pool, sends_everything_to_an_only_server) {
  pool_config config = three_servers();
  config.servers.resize(1);
  for (const auto kind :
       {distribution_kind::ketama, distribution_kind::modula, distribution_kind::random}) {
    config.distribution = kind;
    server_pool pool(config, 0);
    EXPECT_EQ(servers_in_use(pool), std::set<std::uint32_t>{0});
  }
}

TEST(server_pool, ejects_a_server_at_the_limit) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);

  EXPECT_FALSE(pool.failed(1, start));
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
  EXPECT_TRUE(pool.failed(1, start));
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 2}));
  EXPECT_FALSE(pool.health_of(1).live());
}

TEST(server_pool, counts_failures_by_server) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);

  for (std::uint32_t server = 0; server < 3; ++server)
    EXPECT_FALSE(pool.failed(server, start));
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
}

TEST(server_pool, forgets_failures_of_a_server_that_answers) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);

  EXPECT_FALSE(pool.failed(1, start));
  pool.answered(1);
  EXPECT_FALSE(pool.failed(1, start));
}

TEST(server_pool, takes_each_server_back_when_its_probe_is_answered) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);
  eject(pool, 0, start);
  eject(pool, 2, start + 1s);

  EXPECT_EQ(pool.next_probe(), start + 5s);
  EXPECT_FALSE(pool.begin_probe(0, start + 5s - 1us));
  EXPECT_TRUE(pool.begin_probe(0, start + 5s));
  EXPECT_FALSE(pool.begin_probe(0, start + 5s)) << "it is being probed";
  EXPECT_FALSE(pool.begin_probe(1, start + 5s)) << "it is live";
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{1}));
  pool.probe_answered(0);
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1}));
  EXPECT_EQ(pool.next_probe(), start + 6s);
  bring_back(pool, 2, start + 6s);
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(pool.next_probe(), std::nullopt);
}

TEST(server_pool, keeps_a_server_out_whose_probe_fails) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);
  eject(pool, 1, start);
  EXPECT_TRUE(pool.begin_probe(1, start + 5s));
  pool.probe_failed(1, start + 6s);

  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 2}));
  EXPECT_EQ(pool.next_probe(), start + 11s);
}

TEST(server_pool, pauses_between_probes_even_without_a_retry_time) {
  pool_config config = three_servers();
  config.server_retry_timeout_ms = 0;
  server_pool pool(config, 0);
  eject(pool, 1, start);

  EXPECT_EQ(pool.next_probe(), start + 100ms);
}

TEST(server_pool, places_keys_after_a_return_as_before) {
  const pool_config config = three_servers();
  server_pool pool(config, 0), untouched(config, 0);
  eject(pool, 0, start);
  bring_back(pool, 0, start + 5s);

  for (int at = 0; at < 100; ++at) {
    const std::string key = std::to_string(at);
    EXPECT_EQ(pool.server_for(key), untouched.server_for(key));
  }
}

TEST(server_pool, has_nobody_when_all_are_ejected) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);
  for (std::uint32_t server = 0; server < 3; ++server)
    eject(pool, server, start);

  EXPECT_EQ(pool.server_for("key"), std::nullopt);
  for (std::uint32_t server = 0; server < 3; ++server)
    bring_back(pool, server, start + 5s);
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
}

TEST(server_pool, has_nobody_when_its_only_server_is_ejected) {
  pool_config config = three_servers();
  config.servers.resize(1);
  server_pool pool(config, 0);
  eject(pool, 0, start);

  EXPECT_EQ(pool.server_for("key"), std::nullopt);
  bring_back(pool, 0, start + 5s);
  EXPECT_EQ(pool.server_for("key"), 0U);
}

TEST(server_pool, ejects_again_a_server_that_was_back) {
  const pool_config config = three_servers();
  server_pool pool(config, 0);
  eject(pool, 1, start);
  bring_back(pool, 1, start + 5s);

  eject(pool, 1, start + 10s);
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 2}));
  EXPECT_EQ(pool.next_probe(), start + 15s);
}

TEST(server_pool, leaves_keys_where_they_are_without_eject_rehash) {
  pool_config config = three_servers();
  config.eject_rehash = false;
  server_pool pool(config, 0), untouched(config, 0);
  for (std::uint32_t server = 0; server < 3; ++server)
    eject(pool, server, start);

  for (int at = 0; at < 100; ++at) {
    const std::string key = std::to_string(at);
    EXPECT_EQ(pool.server_for(key), untouched.server_for(key));
  }
  EXPECT_TRUE(pool.is_out(1));
  bring_back(pool, 1, start + 5s);
  EXPECT_FALSE(pool.is_out(1));
}

TEST(server_pool, remembers_nothing_without_auto_eject_hosts) {
  pool_config config = three_servers();
  config.auto_eject_hosts = false;
  server_pool pool(config, 0);

  for (int failure = 0; failure < 10; ++failure)
    EXPECT_FALSE(pool.failed(1, start));
  pool.answered(1);
  EXPECT_EQ(servers_in_use(pool), (std::set<std::uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace dovetail
