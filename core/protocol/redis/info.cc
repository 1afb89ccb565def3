#include "protocol/redis/info.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "protocol/redis/connection_commands.h"
#include "protocol/redis/exchange.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

void add_server(const exchange&, std::string& out) {
  out.append("redis_version:").append(spoken_version).append("\r\nredis_mode:standalone\r\n");
}

void add_persistence(const exchange&, std::string& out) {
  out.append("loading:0\r\n");
}

void add_replication(const exchange&, std::string& out) {
  out.append("role:master\r\nconnected_slaves:0\r\n");
}

void add_cluster(const exchange&, std::string& out) {
  out.append("cluster_enabled:0\r\n");
}

// The servers in the order in which SCAN goes through them.
void add_pool(const exchange& with, std::string& out) {
  out.append("pool_name:").append(with.pool.pool).append("\r\npool_servers:");
  out.append(decimal::of(with.pool.servers.size()).text()).append("\r\n");
  for (std::size_t at = 0; at < with.pool.servers.size(); ++at) {
    out.append("pool_server").append(decimal::of(at).text()).append(":");
    out.append(with.pool.servers[at]).append("\r\n");
  }
}

struct section {
  std::string_view name;
  void (*add)(const exchange& with, std::string& out);
};

constexpr std::array sections = {
    section{"Server", add_server},           section{"Persistence", add_persistence},
    section{"Replication", add_replication}, section{"Cluster", add_cluster},
    section{"Dovetail", add_pool},
};

bool is_wanted(const exchange& with, std::string_view name) {
  if (with.count() == 1) return true;
  for (std::size_t at = 1; at < with.count(); ++at) {
    if (with.is(at, name) || with.is(at, "default") || with.is(at, "all") ||
        with.is(at, "everything")) {
      return true;
    }
  }
  return false;
}

}  // namespace

void append_info(exchange& with) {
  std::string text;
  for (const section& each : sections) {
    if (!is_wanted(with, each.name)) continue;
    if (!text.empty()) text.append("\r\n");
    text.append("# ").append(each.name).append("\r\n");
    each.add(with, text);
  }
  append_bulk(with.answer, text);
}

}  // namespace dovetail::redis
