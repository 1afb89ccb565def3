#include "config/print.h"

#include <string>

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include "config/address.h"
#include "config/config.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

template <class Value>
void print(YAML::Emitter& out, const char* key, const Value& value) {
  out << YAML::Key << key << YAML::Value << value;
}

void print_optional(YAML::Emitter& out, const char* key, const std::string& value) {
  if (!value.empty()) print(out, key, value);
}

void print_servers(YAML::Emitter& out, const pool_config& pool) {
  out << YAML::Key << "servers" << YAML::Value << YAML::BeginSeq;
  for (const server_config& server : pool.servers)
    out << server_line(server);
  out << YAML::EndSeq;
}

void print_pool(YAML::Emitter& out, const pool_config& pool) {
  out << YAML::Key << pool.name << YAML::Value << YAML::BeginMap;
  print(out, "listen", listen_line(pool.listen, pool.listen_permissions));
  print(out, "hash", std::string(name_of(pool.hash)));
  print_optional(out, "hash_tag", pool.hash_tag);
  print(out, "distribution", std::string(name_of(pool.distribution)));
  print(out, "timeout", pool.timeout_ms);
  print(out, "backlog", pool.backlog);
  print(out, "client_connections", pool.client_connections);
  print(out, "client_idle_timeout", pool.client_idle_timeout_ms);
  print(out, "redis", pool.redis);
  print_optional(out, "redis_auth", pool.redis_auth);
  print_optional(out, "redis_auth_user", pool.redis_auth_user);
  print(out, "redis_db", pool.redis_db);
  print(out, "preconnect", pool.preconnect);
  print(out, "tcpkeepalive", pool.tcpkeepalive);
  print(out, "tcpkeepalive_idle", pool.tcpkeepalive_idle_s);
  print(out, "tcpkeepalive_interval", pool.tcpkeepalive_interval_s);
  print(out, "tcpkeepalive_count", pool.tcpkeepalive_count);
  print(out, "reuseport", pool.reuseport);
  print(out, "auto_eject_hosts", pool.auto_eject_hosts);
  print(out, "server_connections", pool.server_connections);
  print(out, "server_retry_timeout", pool.server_retry_timeout_ms);
  print(out, "server_failure_limit", pool.server_failure_limit);
  print(out, "resolve_ttl", pool.resolve_ttl_ms);
  print(out, "eject_rehash", pool.eject_rehash);
  print(out, "slowlog_log_slower_than", pool.slowlog_log_slower_than_us);
  print(out, "slowlog_max_len", pool.slowlog_max_len);
  print(out, "on_cross_slot", std::string(name_of(pool.on_cross_slot)));
  print(out, "on_partial_failure", std::string(name_of(pool.on_partial_failure)));
  print(out, "client_requests_max", pool.client_requests_max);
  print(out, "client_reply_bytes_max", pool.client_reply_bytes_max);
  print(out, "server_queue_bytes_max", pool.server_queue_bytes_max);
  print(out, "pool_bytes_max", pool.pool_bytes_max);
  print(out, "message_bytes_max", pool.message_bytes_max);
  print(out, "request_arguments_max", pool.request_arguments_max);
  print(out, "reply_depth_max", pool.reply_depth_max);
  print(out, "allow_flush", pool.allow_flush);
  print_servers(out, pool);
  out << YAML::EndMap;
}

}  // namespace

std::string print_config(const config& what) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  if (what.workers > 0) print(out, "workers", what.workers);
  for (const pool_config& pool : what.pools)
    print_pool(out, pool);
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

}  // namespace dovetail
