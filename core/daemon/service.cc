#include "daemon/service.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <random>
#include <signal.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/endpoint.h"
#include "buffer/block.h"
#include "config/config.h"
#include "daemon/limits.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/signals.h"
#include "daemon/worker.h"
#include "proxy/proxy.h"
#include "stats/prometheus.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

// For clients that do not read their replies.
constexpr std::chrono::seconds drain_time_max(5);
constexpr std::chrono::milliseconds drain_look(20);

bool ends_the_process(int signal) {
  return signal == SIGTERM || signal == SIGINT;
}

std::string_view name_of_signal(int signal) {
  switch (signal) {
    case SIGHUP:
      return "SIGHUP";
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGTTIN:
      return "SIGTTIN";
    case SIGTTOU:
      return "SIGTTOU";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    default:
      return "a signal";
  }
}

std::string host_name() {
  std::array<char, 256> name = {};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::vector<pool_names> names_of(const config& with) {
  std::vector<pool_names> names;
  for (const pool_config& pool : with.pools) {
    pool_names& each = names.emplace_back(pool_names{.pool = pool.name, .servers = {}});
    for (const server_config& server : pool.servers)
      each.servers.push_back(server.name);
  }
  return names;
}

std::uint64_t random_seed() {
  std::random_device source;
  const std::uint64_t high = source();
  return high << 32 | source();
}

// Several workers cannot share a unix socket as they share a TCP port.
std::vector<std::string> unshareable(const config& with) {
  std::vector<std::string> errors;
  for (const pool_config& pool : with.pools) {
    if (!pool.listen.is_unix()) continue;
    errors.push_back(
        fmt::format("pool \"{}\" listens at the unix socket {}, which needs --workers 1", pool.name,
                    pool.listen.path));
  }
  return errors;
}

void append_lines(std::vector<std::string>& to, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) to.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

service::service(const options& how, const config& with, process_log& log)
    : options_(how),
      config_(with),
      log_(log),
      names_(names_of(with)),
      stats_({.json = [this] { return to_json(counted(), heading()); },
              .prometheus = [this] { return to_prometheus(counted(), heading()); }}) {}

std::vector<std::string> service::start() {
  std::vector<std::string> errors;
  const auto bound = stats_.listen(options_.stats_address, options_.stats_port);
  if (!bound) errors.push_back(bound.error());
  for (std::string& error : start_workers())
    errors.push_back(std::move(error));
  if (errors.empty()) log_start();
  return errors;
}

std::vector<std::string> service::start_workers() {
  if (options_.workers > 1) {
    if (auto errors = unshareable(config_); !errors.empty()) return errors;
  }
  const auto clients = clients_per_worker(config_, raise_descriptor_limit(), options_.workers);
  if (!clients) return {clients.error()};

  proxy_options how;
  how.block_size = options_.mbuf_size - block_pool::overhead;
  how.reuse_port = options_.workers > 1;
  how.client_connections_max = *clients;
  for (int each = 0; each < options_.workers; ++each) {
    how.seed = random_seed();
    workers_.push_back(std::make_unique<worker>(config_, how, log_));
    if (const auto started = workers_.back()->start(); !started) {
      std::vector<std::string> errors;
      append_lines(errors, started.error());
      return errors;  // the next worker would fail alike
    }
  }
  return {};
}

void service::log_start() {
  log_.write(log_level::emergency, fmt::format("dovetail-{} started on pid {}, workers {}",
                                               DOVETAIL_VERSION, ::getpid(), options_.workers));
  for (const pool_config& pool : config_.pools) {
    log_.write(log_level::notice, fmt::format("pool \"{}\" listens at {}, servers {}", pool.name,
                                              to_string(pool.listen), pool.servers.size()));
  }
  log_.write(log_level::notice, fmt::format("statistics at {}", to_string(stats_.where())));
}

stats_heading service::heading() const {
  const auto uptime = std::chrono::steady_clock::now() - started_;
  return {.source = host_name(),
          .version = DOVETAIL_VERSION,
          .uptime_s = std::chrono::duration_cast<std::chrono::seconds>(uptime).count(),
          .timestamp_s = std::time(nullptr)};
}

snapshot service::counted() const {
  std::vector<worker_view> views;
  views.reserve(workers_.size());
  for (const auto& each : workers_)
    views.push_back(each->view());
  return take_snapshot(names_, views);
}

int service::run() {
  for (const auto& each : workers_)
    each->run();
  stats_.run();
  for (;;) {
    const int signal = next_signal();
    if (ends_the_process(signal)) return drain(signal);
    handle(signal);
  }
}

void service::handle(int signal) {
  const std::string_view name = name_of_signal(signal);
  switch (signal) {
    case SIGHUP:
      log_.write(log_level::emergency, fmt::format("{} received, reopening log file", name));
      return log_.reopen();
    case SIGTTIN:
      return log_.write(log_level::emergency,
                        fmt::format("{} received, up log level to {}", name, log_.raise()));
    case SIGTTOU:
      return log_.write(log_level::emergency,
                        fmt::format("{} received, down log level to {}", name, log_.lower()));
    case SIGUSR1:
      return log_.write(log_level::emergency,
                        fmt::format("{} received, reloading is not available yet", name));
    default:
      return log_.write(log_level::emergency, fmt::format("{} received, ignored", name));
  }
}

int service::drain(int signal) {
  log_.write(log_level::emergency, fmt::format("{} received, draining", name_of_signal(signal)));
  for (const auto& each : workers_)
    each->drain();
  const auto deadline = std::chrono::steady_clock::now() + drain_time_max;
  while (!drained() && std::chrono::steady_clock::now() < deadline) {
    const std::optional<int> another = next_signal_within(drain_look);
    if (another && ends_the_process(*another)) {
      log_.write(log_level::emergency,
                 fmt::format("{} received, exiting at once", name_of_signal(*another)));
      return EXIT_FAILURE;
    }
    if (another) handle(*another);
  }
  log_.write(log_level::emergency, drained() ? "drained, exiting" : "out of patience, exiting");
  return EXIT_SUCCESS;
}

// Every worker is asked each time.
bool service::drained() {
  bool all = true;
  for (const auto& each : workers_)
    all = each->drained() && all;
  return all;
}

}  // namespace dovetail
