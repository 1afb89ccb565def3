#include "daemon/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/json.h"
#include "daemon/options.h"

namespace dovetail {
namespace {

// Of the levels, most urgent first.
constexpr std::array<std::string_view, 8> level_names = {
    "emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"};

constexpr int verbosity_max = static_cast<int>(log_level::most);

spdlog::level::level_enum in_spdlog(log_level level) {
  if (level <= log_level::critical) return spdlog::level::critical;
  if (level == log_level::error) return spdlog::level::err;
  if (level == log_level::warning) return spdlog::level::warn;
  return level <= log_level::info ? spdlog::level::info : spdlog::level::debug;
}

// What stands behind the time in a JSON line.
std::string json_members(log_level level, std::string_view line) {
  const std::size_t at = std::min(static_cast<std::size_t>(level), level_names.size() - 1);
  std::string text = fmt::format(R"("level":"{}","text":)", level_names[at]);
  append_json_string(text, line);
  return text;
}

// -1 with errno set if it cannot be opened.
int open_file(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

std::string reason(int code) {
  return std::generic_category().message(code);
}

// Owns its descriptor unless that is stderr. spdlog's own file sinks cannot be reopened.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit descriptor_sink(int descriptor) : descriptor_(descriptor) {}
  ~descriptor_sink() override { close(); }

  void replace(int descriptor) {
    const std::lock_guard lock(mutex_);
    close();
    descriptor_ = descriptor;
  }

  // Where that cannot be, opening it again says so.
  void give_to(uid_t user, gid_t group) {
    const std::lock_guard lock(mutex_);
    struct stat found = {};
    if (::fstat(descriptor_, &found) != 0 || !S_ISREG(found.st_mode)) return;
    if (::fchown(descriptor_, user, group) != 0) return;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    for (std::size_t written = 0; written < line.size();) {
      const ssize_t taken = ::write(descriptor_, line.data() + written, line.size() - written);
      if (taken < 0 && errno != EINTR) return;  // there is nobody left to tell
      if (taken > 0) written += static_cast<std::size_t>(taken);
    }
  }
  void flush_() override {}

  void close() const {
    if (descriptor_ != STDERR_FILENO) ::close(descriptor_);
  }

  int descriptor_;
};

}  // namespace

struct process_log::target {
  target(int descriptor, log_format format)
      : sink(std::make_shared<descriptor_sink>(descriptor)), lines("dovetail", sink) {
    lines.set_level(spdlog::level::trace);
    lines.set_pattern(format == log_format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z",%v})"
                                                 : "[%Y-%m-%d %H:%M:%S.%e] %v");
  }

  std::shared_ptr<descriptor_sink> sink;
  spdlog::logger lines;
};

std::expected<std::unique_ptr<process_log>, std::string> process_log::open(const std::string& path,
                                                                           int verbosity,
                                                                           log_format format) {
  const int descriptor = path.empty() ? STDERR_FILENO : open_file(path);
  if (descriptor < 0) {
    return std::unexpected(fmt::format("opening log file '{}' failed: {}", path, reason(errno)));
  }
  return std::unique_ptr<process_log>(
      new process_log(path, verbosity, format, std::make_shared<target>(descriptor, format)));
}

process_log::process_log(std::string path,
                         int verbosity,
                         log_format format,
                         std::shared_ptr<target> to)
    : path_(std::move(path)), format_(format), verbosity_(verbosity), target_(std::move(to)) {}

process_log::~process_log() = default;

void process_log::write(log_level level, std::string_view line) {
  if (writes(level)) put(level, line);
}

void process_log::always(std::string_view line) {
  put(log_level::notice, line);
}

void process_log::put(log_level level, std::string_view line) {
  if (format_ == log_format::text) return target_->lines.log(in_spdlog(level), line);
  target_->lines.log(in_spdlog(level), json_members(level, line));
}

void process_log::give_to(uid_t user, gid_t group) {
  if (!is_stderr()) target_->sink->give_to(user, group);
}

void process_log::reopen() {
  if (is_stderr()) return;
  const int descriptor = open_file(path_);
  if (descriptor >= 0) return target_->sink->replace(descriptor);
  write(log_level::error, fmt::format("reopening log file '{}' failed: {}", path_, reason(errno)));
}

int process_log::raise() {
  return verbosity_ = std::min(verbosity_ + 1, verbosity_max);
}
int process_log::lower() {
  return verbosity_ = std::max(verbosity_ - 1, 0);
}

}  // namespace dovetail
