// Keys live where the plain reference says, whatever the servers, weights, tags and ejections.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/time.h"
#include "config/config.h"
#include "pool/server_pool.h"
#include "proptests/generators.h"
#include "proptests/reference_pool.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "route/ketama.h"

namespace dovetail::proptests {
namespace {

std::vector<server_config> any_servers(std::uint32_t weight_max) {
  const auto names = *rc::gen::resize(
      12, rc::gen::container<std::set<std::string>>(rc::gen::exec([] { return any_word(30); })));
  std::vector<server_config> servers;
  for (const std::string& name : names) {
    const auto weight = static_cast<std::uint32_t>(1 + (one_in(2) ? below(weight_max) : 0));
    servers.push_back({.address = {}, .weight = weight, .name = name});
  }
  if (servers.empty()) servers.push_back({.address = {}, .weight = 1, .name = "only"});
  return servers;
}

pool_config any_pool(distribution_kind spread) {
  pool_config pool;
  pool.distribution = spread;
  pool.servers = any_servers(spread == distribution_kind::ketama && one_in(2) ? 1'000'000 : 30);
  pool.hash = static_cast<hash_kind>(below(12));
  pool.hash_tag = any_of<std::string>({"", "{}", "$$", "ab"});
  pool.auto_eject_hosts = !one_in(4);
  pool.server_failure_limit = static_cast<int>(below(4));
  pool.eject_rehash = !one_in(4);
  pool.server_retry_timeout_ms = static_cast<int>(below(500));
  return pool;
}

std::string any_key() {
  if (one_in(2)) return any_bytes();
  return *rc::gen::container<std::string>(rc::gen::element('{', '}', '$', 'a', 'b', 'c', '\xff'));
}

// What the servers do, with time that goes on, and a key asked for after each of it. `check(pool,
// reference, key)` is given both sides.
template <class Check>
void live_through_ejections(const pool_config& config, std::uint64_t seed, Check check) {
  server_pool pool(config, seed);
  reference_pool reference(config);
  instant now(std::chrono::seconds(1000));
  const auto moves = *rc::gen::container<std::vector<std::pair<std::uint8_t, std::uint8_t>>>(
      rc::gen::arbitrary<std::pair<std::uint8_t, std::uint8_t>>());
  for (const auto& [move, server_number] : moves) {
    const auto server = static_cast<std::uint32_t>(server_number % config.servers.size());
    switch (move % 5) {
      case 0:
        now += std::chrono::milliseconds(move);
        break;
      case 1:
        pool.answered(server);
        reference.answered(server);
        break;
      case 2: {
        const bool well = move % 2 == 0;
        const bool asked = pool.begin_probe(server, now);
        RC_ASSERT(asked == reference.probe(server, now, well));
        if (asked && well) pool.probe_answered(server);
        if (asked && !well) pool.probe_failed(server, now);
        break;
      }
      default:
        pool.failed(server, now);
        reference.failed(server, now);
    }
    check(pool, reference, any_key());
  }
}

void placed_as_by_reference(distribution_kind spread) {
  const pool_config config = *rc::gen::exec([=] { return any_pool(spread); });
  live_through_ejections(config, below(1000),
                         [](auto& pool, const auto& reference, const auto& key) {
                           RC_ASSERT(pool.server_for(key) == reference.server_for(key));
                         });
}

RC_GTEST_PROP(placement, by_ketama_is_that_of_the_plain_reference, ()) {
  placed_as_by_reference(distribution_kind::ketama);
}

RC_GTEST_PROP(placement, by_modula_is_that_of_the_plain_reference, ()) {
  placed_as_by_reference(distribution_kind::modula);
}

// Keys seldom hash to where one server's part of the circle ends and the next one's begins.
RC_GTEST_PROP(placement, by_ketama_is_right_at_both_ends_of_each_arc, ()) {
  const pool_config config = *rc::gen::exec([] { return any_pool(distribution_kind::ketama); });
  const reference_pool reference(config);
  std::vector<place> places;
  places.reserve(config.servers.size());
  for (const server_config& each : config.servers)
    places.push_back({.name = each.name, .weight = each.weight});
  ketama ring;
  ring.rebuild(places);

  std::vector<std::uint32_t> hashes = {0, 0xffffffffU, ring.points().back().value + 1};
  for (int left = 4; left > 0; --left) {
    const std::uint32_t end = ring.points()[below(ring.points().size())].value;
    hashes.insert(hashes.end(), {end, end + 1});
  }
  for (const std::uint32_t hash : hashes)
    RC_ASSERT(ring.pick(hash) == reference.server_of(hash));
}

RC_GTEST_PROP(placement, by_chance_is_on_one_that_takes_part_and_the_same_for_the_same_seed, ()) {
  const pool_config config = *rc::gen::exec([] { return any_pool(distribution_kind::random); });
  const std::uint64_t seed = below(1000);
  live_through_ejections(config, seed, [](auto& pool, const auto& reference, const auto& key) {
    const auto some = reference.placed();
    const auto server = pool.server_for(key);
    RC_ASSERT(server.has_value() == !some.empty());
    if (server) RC_ASSERT(std::ranges::find(some, *server) != some.end());
  });

  server_pool one(config, seed);
  server_pool other(config, seed);
  for (std::size_t left = below(100); left > 0; --left)
    RC_ASSERT(one.server_for(any_key()) == other.server_for(any_key()));
}

}  // namespace
}  // namespace dovetail::proptests
