// The log of the process: one file or stderr, from any thread.
//
//     [2026-01-31 12:00:00.000] pool "alpha" listens at 127.0.0.1:22121
//     {"time":"2026-01-31T12:00:00.000+00:00","level":"notice","text":"pool …"}

#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "daemon/options.h"

namespace dovetail {

// twemproxy's twelve levels (nc_log.h), most urgent first; the last four are one to us.
enum class log_level {
  emergency,
  alert,
  critical,
  error,
  warning,
  notice,  // the default
  info,
  debug,
  most = 11,
};

// Lines are written at once, whole, and never for a single request. A level is written if it is
// not above the verbosity.
class process_log {
 public:
  // An empty path is stderr.
  static std::expected<std::unique_ptr<process_log>, std::string> open(
      const std::string& path, int verbosity, log_format format = log_format::text);
  ~process_log();

  void write(log_level level, std::string_view line);

  // Whatever the verbosity; to who reads levels it is a notice.
  void always(std::string_view line);

  bool writes(log_level level) const { return static_cast<int>(level) <= verbosity(); }
  bool is_stderr() const { return path_.empty(); }

  // The file belongs to this user from now on, who may then open it again.
  void give_to(uid_t user, gid_t group);

  // Opens the file again by its name, for log rotation. If that fails the old one stays, and says
  // so. Nothing happens to stderr.
  void reopen();

  int verbosity() const { return verbosity_; }

  // One step up or down, between 0 and 11; the new verbosity.
  int raise();
  int lower();

 private:
  struct target;

  void put(log_level level, std::string_view line);

  process_log(std::string path, int verbosity, log_format format, std::shared_ptr<target> to);

  const std::string path_;
  const log_format format_;
  std::atomic<int> verbosity_;
  std::shared_ptr<target> target_;
};

}  // namespace dovetail
