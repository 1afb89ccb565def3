#include "stats/prometheus.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/request_class.h"
#include "stats/latency.h"
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

std::string in_seconds(std::int64_t time_us) {
  return fmt::format("{}.{:06}", time_us / microseconds_per_second,
                     time_us % microseconds_per_second);
}

void begin_metric(std::string& out,
                  std::string_view name,
                  std::string_view description,
                  std::string_view type = {}) {
  if (type.empty()) type = name.ends_with("_total") ? "counter" : "gauge";
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
    out += in_seconds(value);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
  out += '\n';
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
  write_single(out, "dovetail_reloads_total", "# configurations that took over from another one",
               of.reloads);
}

void write_pools(std::string& out, const snapshot& of) {
  for (std::size_t at = 0; at < pool_metrics.size(); ++at) {
    const pool_metric& metric = pool_metrics[at];
    begin_metric(out, metric.exposed, metric.description);
    for (const pool_snapshot& pool : of.pools)
      write_sample(out, metric.exposed, label("pool", pool.name), pool.values[at]);
  }
}

std::string labels_of(const pool_snapshot& pool, const server_snapshot& server) {
  return label("pool", pool.name) + "," + label("server", server.name);
}

void write_servers(std::string& out, const snapshot& of) {
  for (std::size_t at = 0; at < server_metrics.size(); ++at) {
    const server_metric& metric = server_metrics[at];
    begin_metric(out, metric.exposed, metric.help.empty() ? metric.description : metric.help);
    for (const pool_snapshot& pool : of.pools) {
      for (const server_snapshot& server : pool.servers)
        write_sample(out, metric.exposed, labels_of(pool, server), server.values[at]);
    }
  }
}

// Buckets count what is in those before them, too.
void write_histogram(std::string& out,
                     std::string_view name,
                     const std::string& labels,
                     const latency_snapshot& of) {
  const auto to = std::back_inserter(out);
  std::int64_t sum = 0;
  for (std::size_t at = 0; at < of.buckets.size(); ++at) {
    sum += of.buckets[at];
    const bool bounded = at < latency_bucket::bounded;
    const std::string bound = bounded ? in_seconds(latency_bucket::bound(at)) : "+Inf";
    fmt::format_to(to, "{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound, sum);
  }
  fmt::format_to(to, "{}_sum{{{}}} {}\n", name, labels, in_seconds(of.sum_us));
  fmt::format_to(to, "{}_count{{{}}} {}\n", name, labels, sum);
}

bool is_empty(const latency_snapshot& of) {
  return std::ranges::all_of(of.buckets, [](auto count) { return count == 0; });
}

struct time_metric {
  latency_snapshot request_times_snapshot::* value;
  std::string_view exposed, description;
};

constexpr time_metric time_metrics[] = {
    {&request_times_snapshot::whole, "dovetail_server_latency_seconds",
     "from a request's place in line to its response"},
    {&request_times_snapshot::queue, "dovetail_server_queue_seconds",
     "from a request's place in line until it was written"},
    {&request_times_snapshot::wire, "dovetail_server_wire_seconds",
     "from a request's being written to its response"},
};

// A class that a server has answered nothing of is left out: that is most of them.
void write_times(std::string& out, const snapshot& of, const time_metric& metric) {
  begin_metric(out, metric.exposed, metric.description, "histogram");
  for (const pool_snapshot& pool : of.pools) {
    for (const server_snapshot& server : pool.servers) {
      for (std::size_t at = 0; at < request_class_count; ++at) {
        const latency_snapshot& times = server.times[at].*metric.value;
        if (is_empty(times)) continue;
        const std::string labels =
            labels_of(pool, server) + "," + label("class", request_class_names[at]);
        write_histogram(out, metric.exposed, labels, times);
      }
    }
  }
}

void write_connects(std::string& out, const snapshot& of) {
  constexpr std::string_view name = "dovetail_server_connect_seconds";
  begin_metric(out, name, "from an attempt to connect to its success", "histogram");
  for (const pool_snapshot& pool : of.pools) {
    for (const server_snapshot& server : pool.servers) {
      if (!is_empty(server.connect))
        write_histogram(out, name, labels_of(pool, server), server.connect);
    }
  }
}

}  // namespace

std::string to_prometheus(const snapshot& of, const stats_heading& heading) {
  std::string out;
  write_process(out, of, heading);
  write_pools(out, of);
  write_servers(out, of);
  for (const time_metric& metric : time_metrics)
    write_times(out, of, metric);
  write_connects(out, of);
  return out;
}

}  // namespace dovetail
