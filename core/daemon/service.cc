#include "daemon/service.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <signal.h>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/endpoint.h"
#include "config/config.h"
#include "config/config_error.h"
#include "daemon/load_config.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/reload_outcome.h"
#include "daemon/service_manager.h"
#include "daemon/signals.h"
#include "stats/prometheus.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

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

// One for each processor that this process may run on, where nobody says how many.
int workers_for(const options& how, const config& with) {
  if (how.workers > 0) return how.workers;
  if (with.workers > 0) return with.workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string host_name() {
  std::array<char, 256> name = {};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace

service::service(const options& how, const config& with, process_log& log)
    : options_(how),
      config_(with),
      log_(log),
      crew_(workers_for(how, with), how, log),
      stats_({.json = [this] { return to_json(crew_.counted(), heading()); },
              .prometheus = [this] { return to_prometheus(crew_.counted(), heading()); }}) {}

std::vector<std::string> service::start() {
  std::vector<std::string> errors;
  const auto bound = stats_.listen(options_.stats_address, options_.stats_port);
  if (!bound) errors.push_back(bound.error());
  for (std::string& error : crew_.start(config_))
    errors.push_back(std::move(error));
  return errors;
}

void service::announce() {
  log_.always(fmt::format("dovetail-{} started on pid {}, workers {}", DOVETAIL_VERSION, ::getpid(),
                          crew_.size()));
  for (const pool_config& pool : config_.pools) {
    log_.write(log_level::notice, fmt::format("pool \"{}\" listens at {}, servers {}", pool.name,
                                              to_string(pool.listen), pool.servers.size()));
  }
  const std::string statistics = to_string(stats_.where());
  log_.write(log_level::notice, fmt::format("statistics at {}", statistics));
  if (!stats_.is_for_everybody()) return;
  log_.write(log_level::alert,
             fmt::format("statistics at {} can be read by everybody who reaches this machine; "
                         "with -a 127.0.0.1 only from here",
                         statistics));
}

stats_heading service::heading() const {
  const auto uptime = std::chrono::steady_clock::now() - started_;
  return {.source = host_name(),
          .version = DOVETAIL_VERSION,
          .uptime_s = std::chrono::duration_cast<std::chrono::seconds>(uptime).count(),
          .timestamp_s = std::time(nullptr)};
}

int service::run() {
  crew_.run();
  stats_.run();
  tell_ready();
  for (;;) {
    const taken_signal signal = next_signal();
    if (ends_the_process(signal.number)) return drain(signal.number);
    handle(signal);
  }
}

void service::handle(const taken_signal& signal) {
  const std::string_view name = name_of_signal(signal.number);
  switch (signal.number) {
    case SIGHUP:
      log_.always(fmt::format("{} received, reopening log file and reading {}", name,
                              options_.config_file));
      log_.reopen();
      return reload(signal);
    case SIGTTIN:
      return log_.always(fmt::format("{} received, up log level to {}", name, log_.raise()));
    case SIGTTOU:
      return log_.always(fmt::format("{} received, down log level to {}", name, log_.lower()));
    case SIGUSR1:
      log_.always(fmt::format("{} received, reading {}", name, options_.config_file));
      return reload(signal);
    case SIGUSR2:
      return write_recordings();
    default:
      return log_.always(fmt::format("{} received, ignored", name));
  }
}

void service::write_recordings() {
  const std::vector<std::string> lines = crew_.write_recordings();
  log_.always(lines.empty() ? "SIGUSR2 received, ignored: without --recorder nothing is recorded"
                            : "SIGUSR2 received, writing what was recorded");
  for (const std::string& each : lines)
    log_.always(each);
}

// What cannot be served changes nothing.
void service::reload(const taken_signal& signal) {
  tell_reloading();
  std::error_code unknown;
  const reload_outcome outcome = {
      .config_file = std::filesystem::absolute(options_.config_file, unknown),
      .errors = take_over()};
  for (const std::string& each : outcome.errors)
    log_.write(log_level::error, each);
  log_.always(outcome.errors.empty() ? "the configuration is in force"
                                     : "the configuration stays as it was");
  tell_ready();
  tell_outcome(signal.sender, outcome);
}

// What is in the way, and then nothing has changed.
std::vector<std::string> service::take_over() {
  auto loaded = load_config(options_.config_file);
  std::vector<std::string> errors;
  for (const config_error& each : loaded ? loaded->warnings : loaded.error()) {
    if (!loaded) errors.push_back(to_string(each));
    if (loaded) log_.write(log_level::warning, "warning: " + to_string(each));
  }
  if (loaded && needs_restart(loaded->what)) {
    errors.push_back(to_string(config_error{
        .file = options_.config_file,
        .at = loaded->workers_place,
        .pool = {},
        .key = "workers",
        .reason = fmt::format("takes a restart to change: {} are running", crew_.size())}));
  }
  if (errors.empty()) errors = crew_.reload(loaded->what);
  if (!errors.empty()) return errors;
  log_changes(config_, loaded->what);
  config_ = std::move(loaded->what);
  return {};
}

// Workers are made at the start.
bool service::needs_restart(const config& next) const {
  return next.workers != config_.workers && workers_for(options_, next) != crew_.size();
}

void service::log_changes(const config& before, const config& after) {
  const auto pool_in = [](const config& of, const std::string& name) -> const pool_config* {
    const auto found = std::ranges::find(of.pools, name, &pool_config::name);
    return found == of.pools.end() ? nullptr : &*found;
  };
  for (const pool_config& was : before.pools) {
    if (pool_in(after, was.name) != nullptr) continue;
    log_.write(log_level::notice, fmt::format("pool \"{}\" is removed", was.name));
  }
  for (const pool_config& is : after.pools) {
    const pool_config* const was = pool_in(before, is.name);
    if (was != nullptr && *was == is) continue;
    log_.write(log_level::notice, fmt::format("pool \"{}\" is {}, listens at {}, servers {}",
                                              is.name, was != nullptr ? "changed" : "new",
                                              to_string(is.listen), is.servers.size()));
  }
}

int service::drain(int signal) {
  log_.always(fmt::format("{} received, draining", name_of_signal(signal)));
  tell_stopping();
  crew_.drain();
  const auto deadline = std::chrono::steady_clock::now() + options_.shutdown_timeout;
  while (!crew_.drained() && std::chrono::steady_clock::now() < deadline) {
    const std::optional<taken_signal> another = next_signal_within(drain_look);
    if (another && ends_the_process(another->number)) {
      log_.always(fmt::format("{} received, exiting at once", name_of_signal(another->number)));
      return EXIT_FAILURE;
    }
    if (another) handle(*another);
  }
  log_.always(crew_.drained() ? "drained, exiting" : "out of patience, exiting");
  return EXIT_SUCCESS;
}

}  // namespace dovetail
