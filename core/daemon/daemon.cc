#include "daemon/daemon.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <memory>
#include <signal.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/config.h"
#include "config/config_error.h"
#include "daemon/background.h"
#include "daemon/explain.h"
#include "daemon/load_config.h"
#include "daemon/log.h"
#include "daemon/memory.h"
#include "daemon/options.h"
#include "daemon/pid_file.h"
#include "daemon/privileges.h"
#include "daemon/reload_outcome.h"
#include "daemon/service.h"
#include "daemon/signals.h"
#include "stats/metrics.h"

namespace dovetail {
namespace {

constexpr std::chrono::seconds outcome_within(5);

// Everything that is not the log goes to stderr, as in twemproxy; only answers that twemproxy does
// not give go to stdout.
void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int fail(std::string_view why) {
  print(fmt::format("dovetail: {}\n", why));
  return EXIT_FAILURE;
}

int describe(const options& asked) {
  print(fmt::format("This is dovetail-{}\nasync event backend: Boost.Asio\n\n", DOVETAIL_VERSION));
  if (asked.help) print(usage());
  if (asked.describe_stats) print(describe_metrics());
  return EXIT_SUCCESS;
}

int compare(const options& asked) {
  const auto before = load_config(asked.diff_with);
  const auto after = load_config(asked.config_file);
  if (before && after) {
    std::fputs(explain_change(before->what, after->what).c_str(), stdout);
    return EXIT_SUCCESS;
  }
  for (const config_error& each : (before ? after : before).error())
    print(to_string(each) + "\n");
  return EXIT_FAILURE;
}

// Whether the configuration file is valid; says what is wrong with it.
bool check_config(const options& asked) {
  const auto loaded = load_config(asked.config_file);
  for (const config_error& each : loaded ? loaded->warnings : loaded.error()) {
    print(fmt::format("{}{}\n", loaded ? "warning: " : "", to_string(each)));
  }
  return loaded.has_value();
}

int test_config(const options& asked) {
  const bool valid = check_config(asked);
  print(fmt::format("dovetail: configuration file '{}' syntax is {}\n", asked.config_file,
                    valid ? "ok" : "invalid"));
  if (!valid) return EXIT_FAILURE;
  return asked.diff_with.empty() ? EXIT_SUCCESS : compare(asked);
}

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code unknown;
  return std::filesystem::equivalent(one, other, unknown) ||
         std::filesystem::absolute(one, unknown) == other;
}

int report(const reload_outcome& outcome, const options& asked, int process) {
  for (const std::string& each : outcome.errors)
    fail(each);
  if (!outcome.errors.empty()) fail(fmt::format("process {} stays as it was", process));
  if (!is_same_file(asked.config_file, outcome.config_file)) {
    return fail(fmt::format("process {} has read '{}', not '{}'", process, outcome.config_file,
                            asked.config_file));
  }
  return outcome.errors.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int tell_to_reload(const options& asked) {
  if (asked.pid_file.empty()) return fail("--reload needs the running process's pid file, -p FILE");
  if (!check_config(asked)) return EXIT_FAILURE;
  const auto whom = pid_file::holder(asked.pid_file);
  if (!whom) return fail(whom.error());
  const auto ear = outcome_listener::open();
  if (!ear) return fail(ear.error());
  if (::kill(*whom, SIGHUP) != 0) {
    return fail(fmt::format("process {} cannot be told: {}", *whom,
                            std::generic_category().message(errno)));
  }
  if (const auto outcome = (*ear)->wait(*whom, outcome_within)) {
    return report(*outcome, asked, *whom);
  }
  return fail(
      fmt::format("process {} was told, but has not said within {} s what came of it: see its log",
                  *whom, outcome_within.count()));
}

// Why the process does not start, in the log and where it was started.
int refuse(process_log& log, const std::vector<std::string>& reasons) {
  for (const std::string& each : reasons) {
    log.write(log_level::emergency, each);
    if (!log.is_stderr()) fail(each);
  }
  return EXIT_FAILURE;
}

std::vector<std::string> texts(const std::vector<config_error>& errors) {
  std::vector<std::string> found;
  found.reserve(errors.size());
  for (const config_error& each : errors)
    found.push_back(to_string(each));
  return found;
}

// Found out now, not when there is something to write.
std::expected<void, std::string> check_recordings(const options& asked) {
  if (asked.recorder_bytes == 0) return {};
  const std::string folder = asked.recordings.empty() ? "." : asked.recordings;
  std::error_code unknown;
  int why = ::access(folder.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
  if (why == 0 && !std::filesystem::is_directory(folder, unknown)) why = ENOTDIR;
  if (why == 0) return {};
  return std::unexpected(fmt::format("recordings cannot be written to '{}': {}", folder,
                                     std::generic_category().message(why)));
}

int serve(const options& asked, const config& with, process_log& log) {
  std::unique_ptr<background> detached;
  if (asked.daemonize) {
    auto entered = background::enter();
    if (!entered) return refuse(log, {entered.error()});
    detached = std::move(*entered);
  }
  take_signals();
  std::unique_ptr<pid_file> file;
  if (!asked.pid_file.empty()) {
    auto created = pid_file::create(asked.pid_file);
    if (!created) return refuse(log, {created.error()});
    file = std::move(*created);
  }
  service running(asked, with, log);
  if (const auto errors = running.start(); !errors.empty()) return refuse(log, errors);
  if (!asked.user.empty()) {
    const auto whom = account_of(asked.user);
    if (!whom) return refuse(log, {whom.error()});
    log.give_to(whom->user, whom->group);
    if (const auto less = become(*whom); !less) return refuse(log, {less.error()});
  }
  if (const auto usable = check_recordings(asked); !usable) return refuse(log, {usable.error()});
  running.announce();
  if (detached) detached->ready();
  return running.run();
}

int load_and_serve(const options& asked) {
  const auto log = process_log::open(asked.output, asked.verbosity, asked.log_lines);
  if (!log) return fail(log.error());
  const auto loaded = load_config(asked.config_file);
  if (!loaded) return refuse(**log, texts(loaded.error()));
  for (const std::string& each : texts(loaded->warnings)) {
    (*log)->write(log_level::warning, "warning: " + each);
  }
  return serve(asked, loaded->what, **log);
}

}  // namespace

int run_daemon(int argc, const char* const* argv) {
  give_blocks_back_at_once();
  if (argc > 1 && std::string_view(argv[1]) == "explain") return run_explain(argc - 1, argv + 1);
  const auto asked = parse_options(argc, argv);
  if (!asked) {
    return fail(asked.error() + "; --help lists the options");
  }
  if (asked->help || asked->version || asked->describe_stats) return describe(*asked);
  if (asked->test_config) return test_config(*asked);
  if (asked->reload) return tell_to_reload(*asked);
  return load_and_serve(*asked);
}

}  // namespace dovetail
