#include "stats/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "base/json.h"
#include "stats/counters.h"
#include "stats/metrics.h"

namespace dovetail {
namespace {

void add(server_snapshot& to, const server_counters& from) {
  for (std::size_t at = 0; at < server_metrics.size(); ++at) {
    const std::int64_t value = (from.*server_metrics[at].value).get();
    std::int64_t& sum = to.values[at];
    sum = server_metrics[at].how == adding::sum ? sum + value : std::max(sum, value);
  }
  for (std::size_t at = 0; at < to.times.size(); ++at) {
    to.times[at].queue.add(from.times[at].queue);
    to.times[at].wire.add(from.times[at].wire);
    to.times[at].whole.add(from.times[at].whole);
  }
  to.connect.add(from.connect);
}

void add(pool_snapshot& to, const pool_view& from) {
  DOVETAIL_CHECK(to.servers.size() == from.servers.size());
  for (std::size_t at = 0; at < pool_metrics.size(); ++at) {
    to.values[at] += ((*from.whole).*pool_metrics[at].value).get();
  }
  for (std::size_t at = 0; at < to.servers.size(); ++at)
    add(to.servers[at], *from.servers[at]);
}

void add(snapshot& to, const worker_view& from) {
  DOVETAIL_CHECK(to.pools.size() == from.pools.size());
  to.total_connections += from.connections->total_connections.get();
  to.curr_connections += from.connections->curr_connections.get();
  to.stale_events += from.connections->stale_events.get();
  to.reloads = std::max(to.reloads, from.connections->reloads.get());
  for (std::size_t at = 0; at < to.pools.size(); ++at)
    add(to.pools[at], from.pools[at]);
}

pool_snapshot empty_pool(const pool_names& names) {
  pool_snapshot pool{.name = names.pool, .values = {}, .servers = {}};
  for (const std::string& server : names.servers) {
    pool.servers.push_back({.name = server, .values = {}});
  }
  return pool;
}

void write_number(std::string& out, std::string_view name, std::int64_t value) {
  fmt::format_to(std::back_inserter(out), "\"{}\":{}, ", name, value);
}

// `"name": {` and behind it the values of the metrics, each with ", ".
template <class Metrics, class Values>
void open_object(std::string& out,
                 std::string_view name,
                 const Metrics& metrics,
                 const Values& values) {
  append_json_string(out, name);
  out += ": {";
  for (std::size_t at = 0; at < metrics.size(); ++at) {
    if (!metrics[at].name.empty()) write_number(out, metrics[at].name, values[at]);
  }
}

// Takes the last separator back and ends the object; "," without a space follows an object.
void close_object(std::string& out) {
  out.resize(out.find_last_not_of(", ") + 1);
  out += "},";
}

void write_heading(std::string& out, const snapshot& of, const stats_heading& heading) {
  out += R"({"service":"nutcracker", "source":)";
  append_json_string(out, heading.source);
  out += R"(, "version":)";
  append_json_string(out, heading.version);
  out += ", ";
  write_number(out, "uptime", heading.uptime_s);
  write_number(out, "timestamp", heading.timestamp_s);
  write_number(out, "total_connections", of.total_connections);
  write_number(out, "curr_connections", of.curr_connections);
}

}  // namespace

snapshot take_snapshot(std::span<const pool_names> names, std::span<const worker_view> workers) {
  snapshot taken;
  for (const pool_names& each : names)
    taken.pools.push_back(empty_pool(each));
  for (const worker_view& each : workers)
    add(taken, each);
  return taken;
}

std::string to_json(const snapshot& of, const stats_heading& heading) {
  std::string out;
  write_heading(out, of, heading);
  for (const pool_snapshot& pool : of.pools) {
    open_object(out, pool.name, pool_metrics, pool.values);
    for (const server_snapshot& server : pool.servers) {
      open_object(out, server.name, server_metrics, server.values);
      close_object(out);
    }
    close_object(out);
  }
  close_object(out);
  out.pop_back();  // nothing follows
  return out;
}

}  // namespace dovetail
