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
namespace {

constexpr duration retry_after_least = std::chrono::milliseconds(100);

}  // namespace

server_pool::server_pool(const pool_config& of, std::uint64_t seed)
    : config_(&of),
      retry_after_(std::max<duration>(std::chrono::milliseconds(of.server_retry_timeout_ms),
                                      retry_after_least)),
      hash_(hash_of(of.hash)),
      distribution_(make_distribution(of.distribution, seed)),
      health_(of.servers.size()) {
  DOVETAIL_CHECK(!of.servers.empty());
  rebuild();
}

std::optional<std::uint32_t> server_pool::server_for(std::string_view key) {
  if (!any_placed_) return std::nullopt;
  if (health_.size() == 1) return 0;
  const std::string_view part = tagged_part(key, config_->hash_tag);
  return distribution_->pick(part.empty() ? 0 : hash_(part));
}

bool server_pool::failed(std::uint32_t server, instant now) {
  if (!config_->auto_eject_hosts) return false;
  if (!health_[server].failed(now, config_->server_failure_limit, retry_after_)) return false;
  rebuild();
  return true;
}

void server_pool::answered(std::uint32_t server) {
  if (config_->auto_eject_hosts) health_[server].answered();
}

void server_pool::remember(const server_pool& before) {
  if (!config_->auto_eject_hosts) return;
  for (std::uint32_t at = 0; at < before.health_.size(); ++at) {
    const auto here = index_of(before.config_->servers[at]);
    if (here) health_[*here] = before.health_[at];
  }
  rebuild();
}

std::optional<std::uint32_t> server_pool::index_of(const server_config& that) const {
  const auto found = std::ranges::find_if(config_->servers, [&](const server_config& each) {
    return each.name == that.name && each.address == that.address;
  });
  if (found == config_->servers.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - config_->servers.begin());
}

bool server_pool::begin_probe(std::uint32_t server, instant now) {
  const auto due = health_[server].probe_due();
  if (!due || now < *due) return false;
  health_[server].probed();
  return true;
}

void server_pool::probe_answered(std::uint32_t server) {
  health_[server].probe_answered();
  rebuild();
}

void server_pool::probe_failed(std::uint32_t server, instant now) {
  health_[server].probe_failed(now, retry_after_);
}

std::optional<instant> server_pool::next_probe() const {
  std::optional<instant> next;
  for (const health& each : health_) {
    const auto due = each.probe_due();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

// Lays out who takes part: those that are live or, if keys stay where they are, all.
void server_pool::rebuild() {
  std::vector<place> places;
  places.reserve(health_.size());
  any_placed_ = false;
  for (std::size_t at = 0; at < health_.size(); ++at) {
    const server_config& server = config_->servers[at];
    const bool placed = health_[at].live() || !config_->eject_rehash;
    places.push_back({.name = server.name, .weight = server.weight, .live = placed});
    any_placed_ = any_placed_ || placed;
  }
  distribution_->rebuild(places);
}

}  // namespace dovetail
