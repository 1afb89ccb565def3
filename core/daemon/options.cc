#include "daemon/options.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "config/config.h"

namespace dovetail {
namespace {

using outcome = std::expected<void, std::string>;

constexpr int verbosity_max = 11;
constexpr std::uint64_t shutdown_timeout_max = 86'400'000;  // a day
constexpr std::uint64_t recorder_megabytes_max = 65536;
constexpr std::size_t mbuf_size_min = 512;
constexpr std::size_t mbuf_size_max = 16777216;

// Options with a value to be judged, as they were written; one that was not given is not set.
struct values {
  std::optional<std::string> verbosity;
  std::optional<std::string> stats_port;
  std::optional<std::string> stats_interval;
  std::optional<std::string> mbuf_size;
  std::optional<std::string> workers;
  std::optional<std::string> shutdown_timeout;
  std::optional<std::string> log_format;
  std::optional<std::string> recorder;
};

std::unexpected<std::string> refused(std::string why) {
  return std::unexpected(std::move(why));
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  return parse_unsigned(text, std::numeric_limits<int>::max());
}

outcome read_verbosity(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number) return refused("option -v requires a number");
  into.verbosity = static_cast<int>(std::min<std::uint64_t>(*number, verbosity_max));
  return {};
}

outcome read_stats_port(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number) return refused("option -s requires a number");
  if (*number < 1 || *number > 65535) {
    return refused(fmt::format("option -s value {} is not a valid port", *number));
  }
  into.stats_port = static_cast<std::uint16_t>(*number);
  return {};
}

outcome read_stats_interval(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number) return refused("option -i requires a number");
  into.stats_interval_ms = static_cast<int>(*number);
  return {};
}

outcome read_mbuf_size(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number || *number == 0) return refused("option -m requires a non-zero number");
  if (*number < mbuf_size_min || *number > mbuf_size_max) {
    return refused(fmt::format("mbuf chunk size must be between {} and {} bytes", mbuf_size_min,
                               mbuf_size_max));
  }
  into.mbuf_size = *number;
  return {};
}

outcome read_workers(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number || *number < 1 || *number > workers_max) {
    return refused(fmt::format("option --workers requires a number from 1 to {}", workers_max));
  }
  into.workers = static_cast<int>(*number);
  return {};
}

outcome read_shutdown_timeout(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number || *number > shutdown_timeout_max) {
    return refused(fmt::format("option --shutdown-timeout requires milliseconds, {} at most",
                               shutdown_timeout_max));
  }
  into.shutdown_timeout = std::chrono::milliseconds(*number);
  return {};
}

outcome read_log_format(const std::string& text, options& into) {
  if (text != "text" && text != "json") return refused("option --log-format is text or json");
  into.log_lines = text == "json" ? log_format::json : log_format::text;
  return {};
}

outcome read_recorder(const std::string& text, options& into) {
  const auto number = number_in(text);
  if (!number || *number < 1 || *number > recorder_megabytes_max) {
    return refused(
        fmt::format("option --recorder requires megabytes, from 1 to {}", recorder_megabytes_max));
  }
  into.recorder_bytes = *number << 20;
  return {};
}

outcome read_values(const values& given, options& into) {
  const struct {
    const std::optional<std::string>& text;
    outcome (*read)(const std::string&, options&);
  } readers[] = {{given.verbosity, read_verbosity},
                 {given.stats_port, read_stats_port},
                 {given.stats_interval, read_stats_interval},
                 {given.mbuf_size, read_mbuf_size},
                 {given.workers, read_workers},
                 {given.shutdown_timeout, read_shutdown_timeout},
                 {given.log_format, read_log_format},
                 {given.recorder, read_recorder}};
  for (const auto& [text, read] : readers) {
    if (!text) continue;
    if (const auto done = read(*text, into); !done) return done;
  }
  return {};
}

// Defaults stand in the texts: the values are read later.
void describe(CLI::App& app, options& into, values& given, std::vector<std::string>& surplus) {
  app.set_help_flag();
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_flag("-h,-?,--help", into.help, "Print this help and exit");
  app.add_flag("-V,--version", into.version, "Print the version and exit");
  app.add_flag("-t,--test-conf", into.test_config, "Check the configuration file and exit");
  app.add_flag(
      "--reload", into.reload,
      "Check the configuration file, tell the process of the pid file to use it, and exit");
  app.add_flag("-d,--daemonize", into.daemonize, "Run in the background");
  app.add_flag("-D,--describe-stats", into.describe_stats, "Explain the statistics and exit");
  app.add_option("-v,--verbose", given.verbosity, "Level of the log, 0 to 11 (default: 5)")
      ->type_name("N");
  app.add_option("-o,--output", into.output, "File of the log (default: stderr)")->type_name("S");
  app.add_option("-c,--conf-file", into.config_file,
                 "Configuration file (default: conf/nutcracker.yml)")
      ->type_name("S");
  app.add_option("-s,--stats-port", given.stats_port, "Port of the statistics (default: 22222)")
      ->type_name("N");
  app.add_option("-a,--stats-addr", into.stats_address,
                 "Address of the statistics (default: 0.0.0.0)")
      ->type_name("S");
  app.add_option("-i,--stats-interval", given.stats_interval,
                 "Milliseconds; accepted, the statistics are always up to date")
      ->type_name("N");
  app.add_option("-p,--pid-file", into.pid_file, "File for the process id (default: none)")
      ->type_name("S");
  app.add_option("-m,--mbuf-size", given.mbuf_size,
                 "Bytes of a block of memory, 512 to 16777216 (default: 16384)")
      ->type_name("N");
  app.add_option(
         "--workers", given.workers,
         "Event loops, each with a thread (default: \"workers\" of the configuration, or one for "
         "each processor)")
      ->type_name("N");
  app.add_option("--shutdown-timeout", given.shutdown_timeout,
                 "Milliseconds for clients to read their last replies (default: 5000)")
      ->type_name("N");
  app.add_option("--log-format", given.log_format, "Lines of the log: text, json (default: text)")
      ->type_name("S");
  app.add_option("--user", into.user, "Become this user before serving (default: none)")
      ->type_name("S");
  app.add_option("--diff", into.diff_with,
                 "With -t: say which keys move if this configuration is replaced (default: none)")
      ->type_name("S");
  app.add_option("--recorder", given.recorder,
                 "Megabytes in which each worker records its run, for SIGUSR2 (default: none)")
      ->type_name("N");
  app.add_option("--recordings", into.recordings,
                 "Folder that recordings are written to (default: the one it was started in)")
      ->type_name("S");
  app.add_option("surplus", surplus)->group("");
}

}  // namespace

std::expected<options, std::string> parse_options(int argc, const char* const* argv) {
  options parsed;
  values given;
  std::vector<std::string> surplus;
  try {
    CLI::App app;
    describe(app, parsed, given, surplus);
    app.parse(argc, argv);
  } catch (const CLI::Error& error) {
    return refused(error.what());
  }
  if (!surplus.empty()) return refused(fmt::format("\"{}\" is not an option", surplus.front()));
  if (const auto done = read_values(given, parsed); !done) return refused(done.error());
  if (!parsed.diff_with.empty() && !parsed.test_config) return refused("option --diff requires -t");
  return parsed;
}

std::string usage() {
  options unused;
  values given;
  std::vector<std::string> surplus;
  CLI::App app("A proxy for redis and memcached", "dovetail");
  describe(app, unused, given, surplus);
  return app.help() +
         "\ndovetail explain [--json] -c FILE POOL KEY\n  Says where a key lives, and why\n";
}

}  // namespace dovetail
