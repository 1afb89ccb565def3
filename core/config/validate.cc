#include "config/validate.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/endpoint.h"
#include "config/config.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

// modula keeps one entry for each unit of weight.
constexpr std::uint64_t modula_weight_max = 10'000'000;

// Whether one of them is every address of the other's family, at the same port.
bool overlap(const endpoint& one, const endpoint& other) {
  if (one.is_unix() || other.is_unix() || one.port != other.port || one.host == other.host) {
    return false;
  }
  const auto is_v6 = [](const endpoint& at) { return at.host.find(':') != std::string::npos; };
  const auto is_every = [](const endpoint& at) { return at.host == "0.0.0.0" || at.host == "::"; };
  return is_v6(one) == is_v6(other) && (is_every(one) || is_every(other));
}

class validation {
 public:
  explicit validation(const config& what) : config_(what) {}

  std::vector<finding> run() {
    if (config_.pools.empty()) add_general("no pool is configured");
    for (pool_ = 0; pool_ < config_.pools.size(); ++pool_) {
      check_name();
      check_listen();
      check_timeout();
      check_redis();
      check_placement();
      check_servers();
    }
    return std::move(found_);
  }

 private:
  const pool_config& pool() const { return config_.pools[pool_]; }

  void add_general(std::string reason) {
    found_.push_back({.pool = {}, .key = {}, .server = {}, .reason = std::move(reason)});
  }
  void add(std::string_view key, std::string reason) {
    found_.push_back({.pool = pool_, .key = key, .server = {}, .reason = std::move(reason)});
  }
  void warn(std::string_view key, std::optional<std::size_t> server, std::string reason) {
    found_.push_back({.weight = severity::warning,
                      .pool = pool_,
                      .key = key,
                      .server = server,
                      .reason = std::move(reason)});
  }

  void check_name() {
    if (!names_.insert(pool().name).second) add("", "another pool has the same name");
    for (const char c : pool().name) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) return add("", "the name has control characters");
    }
  }

  void check_listen() {
    const std::string at = to_string(pool().listen);
    if (pool().listen == endpoint{}) return add("listen", "is missing");
    const auto [first, is_new] = listeners_.emplace(at, pool().name);
    if (!is_new) add("listen", fmt::format("pool \"{}\" listens at {} too", first->second, at));
    for (std::size_t other = 0; other < pool_; ++other) {
      const pool_config& its = config_.pools[other];
      if (!overlap(its.listen, pool().listen)) continue;
      warn("listen", {},
           fmt::format("pool \"{}\" listens at {}: one worker alone cannot have both", its.name,
                       to_string(its.listen)));
    }
  }

  void check_timeout() {
    if (pool().timeout_ms > 0) return;
    warn("timeout", {}, "without one, requests wait for ever for a server that stays silent");
  }

  void check_redis() {
    if (!pool().redis && !pool().redis_auth.empty()) {
      add("redis_auth", "is only valid with \"redis: true\"");
    }
    if (!pool().redis_auth_user.empty() && pool().redis_auth.empty()) {
      add("redis_auth_user", "is only valid with \"redis_auth\"");
    }
    const bool slowlog =
        pool().slowlog_log_slower_than_us != pool_config().slowlog_log_slower_than_us;
    if (!pool().redis && slowlog) {
      add("slowlog_log_slower_than", "is only valid with \"redis: true\"");
    }
    if (pool().server_connections < 1) add("server_connections", "cannot be 0");
  }

  void check_placement() {
    if (!pool().hash_tag.empty() && pool().hash_tag.size() != 2) {
      add("hash_tag", "is not two characters");
    }
    const bool ketama = pool().distribution == distribution_kind::ketama;
    if (pool().hash == hash_kind::crc32 && ketama && pool().servers.size() > 1) {
      warn(
          "hash", {},
          "crc32 has 15 bits here, which the distribution ketama maps to one server nearly always; "
          "use crc32a, or the distribution modula");
    }
    std::uint64_t total = 0;
    for (const server_config& server : pool().servers)
      total += server.weight;
    const bool modula = pool().distribution == distribution_kind::modula;
    const std::uint64_t most =
        modula ? modula_weight_max : std::numeric_limits<std::int32_t>::max();
    if (total > most) {
      add("servers", fmt::format("the weights add up to {}, more than {}", total, most));
    }
  }

  void check_servers() {
    if (pool().servers.empty()) return add("servers", "the pool has no servers");
    std::set<std::string_view> names;
    for (std::size_t at = 0; at < pool().servers.size(); ++at) {
      const server_config& server = pool().servers[at];
      if (!names.insert(server.name).second) {
        add("servers", fmt::format("another server of the pool has the name \"{}\"", server.name));
        found_.back().server = at;
      }
      if (server.name.empty()) warn("servers", at, "the name behind the space is empty");
      if (server.weight == 0) {
        add("servers", "a weight is at least 1");
        found_.back().server = at;
      }
    }
  }

  const config& config_;
  std::size_t pool_ = 0;
  std::set<std::string_view> names_;
  std::map<std::string, std::string_view> listeners_;  // address → the first pool there
  std::vector<finding> found_;
};

}  // namespace

std::vector<finding> validate(const config& what) {
  return validation(what).run();
}

}  // namespace dovetail
