#include "proptests/reference_pool.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "route/hash/md5.h"

namespace dovetail::proptests {
std::string_view tagged(std::string_view key, std::string_view tag) {
  if (tag.empty()) return key;
  std::size_t open = 0;
  while (open < key.size() && key[open] != tag[0])
    ++open;
  std::size_t close = open + 1;
  while (close < key.size() && key[close] != tag[1])
    ++close;
  if (close >= key.size() || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

std::vector<std::uint32_t> reference_pool::placed() const {
  std::vector<std::uint32_t> some;
  for (std::uint32_t server = 0; server < feels_.size(); ++server) {
    if (!feels_[server].out_until || !config_->eject_rehash) some.push_back(server);
  }
  return some;
}

std::optional<std::uint32_t> reference_pool::server_for(std::string_view key) const {
  if (placed().empty()) return std::nullopt;
  if (config_->servers.size() == 1) return 0;
  const std::string_view part = tagged(key, config_->hash_tag);
  return server_of(part.empty() ? 0 : hash_of(config_->hash)(part));
}

std::uint32_t reference_pool::server_of(std::uint32_t hash) const {
  const auto candidates = placed();
  return config_->distribution == distribution_kind::ketama ? by_ketama(hash, candidates)
                                                            : by_modula(hash, candidates);
}

// nc_ketama.c: four points from each MD5 of "name-0", "name-1" …, so many digests as the server's
// share of the weights is of forty for each that is live.
std::uint32_t reference_pool::by_ketama(std::uint32_t hash,
                                        const std::vector<std::uint32_t>& live) const {
  std::uint32_t total = 0;
  for (const std::uint32_t server : live)
    total += config_->servers[server].weight;

  std::vector<std::pair<std::uint32_t, std::uint32_t>> ring;  // of equal values the first server's
  for (const std::uint32_t server : live) {
    const server_config& its = config_->servers[server];
    const float share = static_cast<float>(its.weight) / static_cast<float>(total);
    const auto digests = static_cast<std::uint32_t>(std::floor(
        static_cast<float>(share * 160 / 4 * static_cast<float>(live.size()) + 0.0000000001)));
    for (std::uint32_t digest = 0; digest < digests; ++digest) {
      const md5_digest md5 = md5_of(its.name + "-" + std::to_string(digest));
      for (std::size_t word = 0; word < 4; ++word)
        ring.emplace_back(md5.word(word), server);
    }
  }
  std::ranges::sort(ring);
  for (const auto& [value, server] : ring) {
    if (value >= hash) return server;
  }
  return ring.front().second;
}

// nc_modula.c: each server as often as it weighs.
std::uint32_t reference_pool::by_modula(std::uint32_t hash,
                                        const std::vector<std::uint32_t>& live) const {
  std::vector<std::uint32_t> list;
  for (const std::uint32_t server : live)
    list.insert(list.end(), config_->servers[server].weight, server);
  return list[hash % list.size()];
}

void reference_pool::failed(std::uint32_t server, instant now) {
  feeling& its = feels_[server];
  if (!config_->auto_eject_hosts) return;
  if (its.out_until) return;
  if (++its.failures < config_->server_failure_limit) return;
  its = {.failures = 0, .out_until = now + retry_after()};
}

bool reference_pool::probe(std::uint32_t server, instant now, bool well) {
  feeling& its = feels_[server];
  if (!its.out_until || now < *its.out_until) return false;
  its = {};
  if (!well) its.out_until = now + retry_after();
  return true;
}

duration reference_pool::retry_after() const {
  return std::chrono::milliseconds(std::max(config_->server_retry_timeout_ms, 100));
}

}  // namespace dovetail::proptests
