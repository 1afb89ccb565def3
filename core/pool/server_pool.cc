#include "pool/server_pool.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "config/config.h"
#include "route/distribution.h"
#include "route/hash/hash.h"
#include "route/hash_tag.h"

namespace dovetail {

server_pool::server_pool(const pool_config& of, std::uint64_t seed)
    : config_(&of),
      hash_(hash_of(of.hash)),
      distribution_(make_distribution(of.distribution, seed)),
      health_(of.servers.size()) {
  DOVETAIL_CHECK(!of.servers.empty());
  rebuild(instant());
}

std::optional<std::uint32_t> server_pool::server_for(std::string_view key, instant now) {
  if (next_return_ && now >= *next_return_) rebuild(now);
  if (!any_live_) return std::nullopt;
  if (health_.size() == 1) return 0;
  const std::string_view part = tagged_part(key, config_->hash_tag);
  return distribution_->pick(part.empty() ? 0 : hash_(part));
}

bool server_pool::failed(std::uint32_t server, instant now) {
  if (!config_->auto_eject_hosts) return false;
  const auto retry_after = std::chrono::milliseconds(config_->server_retry_timeout_ms);
  if (!health_[server].failed(now, config_->server_failure_limit, retry_after)) return false;
  rebuild(now);
  return true;
}

void server_pool::answered(std::uint32_t server) {
  if (config_->auto_eject_hosts) health_[server].answered();
}

void server_pool::remember(const server_pool& before, instant now) {
  if (!config_->auto_eject_hosts) return;
  for (std::uint32_t at = 0; at < before.health_.size(); ++at) {
    const auto here = index_of(before.config_->servers[at]);
    if (here) health_[*here] = before.health_[at];
  }
  rebuild(now);
}

std::optional<std::uint32_t> server_pool::index_of(const server_config& that) const {
  const auto found = std::ranges::find_if(config_->servers, [&](const server_config& each) {
    return each.name == that.name && each.address == that.address;
  });
  if (found == config_->servers.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - config_->servers.begin());
}

// Lays out who is live at `now` and finds out when the next of the others comes back. A failure of
// a server whose time has come finds it live, whether or not a key was asked for in between.
void server_pool::rebuild(instant now) {
  std::vector<place> places;
  places.reserve(health_.size());
  next_return_.reset();
  any_live_ = false;
  for (std::size_t at = 0; at < health_.size(); ++at) {
    const server_config& server = config_->servers[at];
    const bool live = health_[at].live(now);
    places.push_back({.name = server.name, .weight = server.weight, .live = live});
    any_live_ = any_live_ || live;
    if (live) continue;
    const instant back = health_[at].ejected_until().value_or(now);
    next_return_ = std::min(next_return_.value_or(back), back);
  }
  distribution_->rebuild(places);
}

}  // namespace dovetail
