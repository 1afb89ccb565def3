#include "proxy/running_pool.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail {
namespace {

std::vector<std::string> names_of(const pool_config& of) {
  std::vector<std::string> names;
  for (const server_config& server : of.servers)
    names.push_back(server.name);
  return names;
}

std::unique_ptr<protocol> protocol_of(const pool_config& of) {
  if (!of.redis) {
    return memcache::make_protocol(
        {.servers = names_of(of), .allow_flush = of.allow_flush, .limits = {}});
  }
  return redis::make_protocol({.password = of.redis_auth,
                               .database = of.redis_db,
                               .servers = static_cast<std::uint32_t>(of.servers.size()),
                               .allow_flush = of.allow_flush,
                               .limits = {}});
}

}  // namespace

running_pool::running_pool(const pool_config& of, std::uint64_t seed)
    : config(of),
      timeout(std::chrono::milliseconds(of.timeout_ms)),
      speaks(protocol_of(of)),
      servers(config, seed),
      counted(std::make_shared<pool_counters>()),
      counters(*counted),
      lanes(of.servers.size() * static_cast<std::size_t>(of.server_connections)) {
  for (std::size_t server = 0; server < of.servers.size(); ++server) {
    server_counts.push_back(std::make_shared<server_counters>());
  }
}

}  // namespace dovetail
