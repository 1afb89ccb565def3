#include "proxy/running_pool.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/token.h"
#include "config/config.h"
#include "io/socket.h"
#include "message/slow_log.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"
#include "stats/counters.h"

namespace dovetail {
namespace {

std::vector<std::string> names_of(const pool_config& of) {
  std::vector<std::string> names;
  names.reserve(of.servers.size());
  for (const server_config& server : of.servers)
    names.push_back(server.name);
  return names;
}

// There is no command that would show a memcached pool's.
std::optional<duration> slow_after_of(const pool_config& of) {
  const bool kept = of.redis && of.slowlog_log_slower_than_us >= 0 && of.slowlog_max_len > 0;
  return kept ? std::optional<duration>(of.slowlog_log_slower_than_us) : std::nullopt;
}

std::optional<io::keep_alive_options> keep_alive_of(const pool_config& of) {
  if (!of.tcpkeepalive) return std::nullopt;
  return io::keep_alive_options{.idle_s = of.tcpkeepalive_idle_s,
                                .interval_s = of.tcpkeepalive_interval_s,
                                .count = of.tcpkeepalive_count};
}

message_limits limits_of(const pool_config& of) {
  message_limits limits;
  limits.message_bytes_max = static_cast<std::uint64_t>(of.message_bytes_max);
  limits.arguments_max = static_cast<std::uint32_t>(of.request_arguments_max);
  limits.nesting_max = static_cast<std::uint32_t>(of.reply_depth_max);
  return limits;
}

std::unique_ptr<protocol> protocol_of(const pool_config& of, slow_log& slow) {
  if (!of.redis) {
    return memcache::make_protocol(
        {.servers = names_of(of), .allow_flush = of.allow_flush, .limits = limits_of(of)});
  }
  return redis::make_protocol({.password = of.redis_auth,
                               .database = of.redis_db,
                               .user = of.redis_auth_user,
                               .pool = of.name,
                               .servers = names_of(of),
                               .allow_flush = of.allow_flush,
                               .hash_tag = of.hash_tag,
                               .may_cross = of.on_cross_slot == cross_slot_kind::first_key,
                               .slow = &slow,
                               .limits = limits_of(of)});
}

}  // namespace

running_pool::running_pool(const pool_config& of,
                           std::uint64_t seed,
                           std::size_t replies_at_first,
                           slow_logs& logs,
                           const running_pool* before)
    : config(of),
      bounds({.requests_max = static_cast<std::size_t>(of.client_requests_max),
              .reply_bytes_max = static_cast<std::size_t>(of.client_reply_bytes_max),
              .replies_at_first = replies_at_first}),
      queue_bytes_max(static_cast<std::size_t>(of.server_queue_bytes_max)),
      bytes_max(static_cast<std::size_t>(of.pool_bytes_max)),
      keep_alive(keep_alive_of(of)),
      timeout(std::chrono::milliseconds(of.timeout_ms)),
      client_idle_timeout(std::chrono::milliseconds(of.client_idle_timeout_ms)),
      resolve_ttl(std::chrono::milliseconds(of.resolve_ttl_ms)),
      slow_after(slow_after_of(of)),
      slow(logs.of(of.name, static_cast<std::size_t>(of.slowlog_max_len))),
      speaks(protocol_of(of, *slow)),
      servers(config, seed),
      counted(before != nullptr ? before->counted : std::make_shared<pool_counters>()),
      counters(*counted),
      lane_count(static_cast<std::uint32_t>(of.server_connections)),
      lanes(of.servers.size() * lane_count) {
  for (const server_config& each : of.servers) {
    auto known = before != nullptr ? before->counts_of(each.name) : nullptr;
    server_counts.push_back(known ? std::move(known) : std::make_shared<server_counters>());
  }
}

void running_pool::count_who_is_out() {
  for (std::uint32_t at = 0; at < server_counts.size(); ++at)
    server_counts[at]->ejected.set(servers.is_out(at) ? 1 : 0);
}

std::shared_ptr<server_counters> running_pool::counts_of(std::string_view server) const {
  const auto found = std::ranges::find(config.servers, server, &server_config::name);
  if (found == config.servers.end()) return nullptr;
  return server_counts[static_cast<std::size_t>(found - config.servers.begin())];
}

std::optional<std::uint32_t> running_pool::lane_of(std::uint32_t server, token connection) const {
  for (std::uint32_t at = 0; at < lane_count; ++at) {
    if (lanes[server * lane_count + at] == connection) return at;
  }
  return std::nullopt;
}

void running_pool::lanes_reach(std::uint32_t lane) {
  if (lane < lane_count) return;
  const std::uint32_t count = lane + 1;
  std::vector<token> wider(config.servers.size() * count);
  for (std::size_t at = 0; at < lanes.size(); ++at)
    wider[at / lane_count * count + at % lane_count] = lanes[at];
  lanes = std::move(wider);
  lane_count = count;
}

}  // namespace dovetail
