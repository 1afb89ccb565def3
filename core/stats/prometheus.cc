#include "stats/prometheus.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "stats/metrics.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

constexpr std::int64_t microseconds_per_second = 1000000;

// A label's value. Names are UTF-8, for the configuration is.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string label(std::string_view name, std::string_view value) {
  return fmt::format("{}=\"{}\"", name, escaped(value));
}

void begin_metric(std::string& out, std::string_view name, std::string_view description) {
  const std::string_view type = name.ends_with("_total") ? "counter" : "gauge";
  const bool counts = description.starts_with("# ");
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}{2}\n# TYPE {0} {3}\n", name,
                 counts ? "Number of " : "", description.substr(counts ? 2 : 0), type);
}

void write_sample(std::string& out,
                  std::string_view name,
                  std::string_view labels,
                  std::int64_t value) {
  fmt::format_to(std::back_inserter(out), "{}{{{}}} ", name, labels);
  if (name.ends_with("_seconds")) {
    fmt::format_to(std::back_inserter(out), "{}.{:06}\n", value / microseconds_per_second,
                   value % microseconds_per_second);
  } else {
    fmt::format_to(std::back_inserter(out), "{}\n", value);
  }
}

void write_single(std::string& out,
                  std::string_view name,
                  std::string_view description,
                  std::int64_t value) {
  begin_metric(out, name, description);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void write_process(std::string& out, const snapshot& of, const stats_heading& heading) {
  begin_metric(out, "dovetail_build_info", "always 1; the version is a label");
  write_sample(out, "dovetail_build_info", label("version", heading.version), 1);
  write_single(out, "dovetail_uptime_seconds", "since the start", heading.uptime_s);
  write_single(out, "dovetail_connections_opened_total", "# connections ever, listeners included",
               of.total_connections);
  write_single(out, "dovetail_connections", "# connections that are open, listeners included",
               of.curr_connections);
  write_single(out, "dovetail_stale_events_total", "# events for connections that were gone",
               of.stale_events);
}

void write_pools(std::string& out, const snapshot& of) {
  for (std::size_t at = 0; at < pool_metrics.size(); ++at) {
    const pool_metric& metric = pool_metrics[at];
    begin_metric(out, metric.exposed, metric.description);
    for (const pool_snapshot& pool : of.pools)
      write_sample(out, metric.exposed, label("pool", pool.name), pool.values[at]);
  }
}

void write_servers(std::string& out, const snapshot& of) {
  for (std::size_t at = 0; at < server_metrics.size(); ++at) {
    const server_metric& metric = server_metrics[at];
    begin_metric(out, metric.exposed, metric.description);
    for (const pool_snapshot& pool : of.pools) {
      for (const server_snapshot& server : pool.servers) {
        const std::string labels = label("pool", pool.name) + "," + label("server", server.name);
        write_sample(out, metric.exposed, labels, server.values[at]);
      }
    }
  }
}

}  // namespace

std::string to_prometheus(const snapshot& of, const stats_heading& heading) {
  std::string out;
  write_process(out, of, heading);
  write_pools(out, of);
  write_servers(out, of);
  return out;
}

}  // namespace dovetail
