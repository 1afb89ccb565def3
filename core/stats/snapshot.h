// The statistics at one moment, added up over all workers.
//
//     worker 0  counters ─┐
//     worker 1  counters ─┼─ take_snapshot ─▶ snapshot ─ to_json ─▶ {"service":"nutcracker", …}
//     worker 2  counters ─┘                            └ to_prometheus ─▶ prometheus.h

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/request_class.h"
#include "stats/counters.h"
#include "stats/latency.h"
#include "stats/metrics.h"

namespace dovetail {

// The counters of one worker's pool, its servers in the pool's order.
struct pool_view {
  std::shared_ptr<const pool_counters> whole;
  std::vector<std::shared_ptr<const server_counters>> servers;
};

// The counters of one worker, its pools in the same order as every other worker's.
struct worker_view {
  const worker_counters* connections = nullptr;
  std::vector<pool_view> pools;
};

// Names in the order of the counters.
struct pool_names {
  std::string pool;
  std::vector<std::string> servers;
};

struct request_times_snapshot {
  latency_snapshot queue, wire, whole;
};

struct server_snapshot {
  std::string name;
  std::array<std::int64_t, server_metrics.size()> values{};  // as in server_metrics
  std::array<request_times_snapshot, request_class_count> times{};
  latency_snapshot connect{};
};

struct pool_snapshot {
  std::string name;
  std::array<std::int64_t, pool_metrics.size()> values{};  // as in pool_metrics
  std::vector<server_snapshot> servers;
};

struct snapshot {
  std::int64_t total_connections = 0;
  std::int64_t curr_connections = 0;
  std::int64_t stale_events = 0;
  std::int64_t reloads = 0;  // of the worker that had most: all reload together
  std::vector<pool_snapshot> pools;
};

// Each counter is read once; counters that belong together may be an instant apart.
snapshot take_snapshot(std::span<const pool_names> names, std::span<const worker_view> workers);

// What the document says about the process.
struct stats_heading {
  std::string source;  // host name
  std::string version;
  std::int64_t uptime_s = 0;
  std::int64_t timestamp_s = 0;  // since 1970
};

// twemproxy's document without its final line end: same names, order and spacing, as programs that
// read it with regular expressions need. Unlike there, names are escaped, so it is always JSON.
std::string to_json(const snapshot& of, const stats_heading& heading);

}  // namespace dovetail
