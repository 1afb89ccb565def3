#include "daemon/pid_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/types.h>

namespace dovetail {
namespace {

std::string own_id() {
  return fmt::format("{}", ::getpid());
}

// 0 or errno.
int write_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return errno;
  const ssize_t written = ::write(file, text.data(), text.size());
  const int error = written < 0 ? errno : 0;
  ::close(file);
  if (error != 0) return error;
  return written == static_cast<ssize_t>(text.size()) ? 0 : ENOSPC;
}

// What a pid file says; empty if it cannot be read.
std::string read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::array<char, 32> text{};
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

std::expected<std::unique_ptr<pid_file>, std::string> pid_file::create(std::string path) {
  if (const int error = write_file(path, own_id()); error != 0) {
    return std::unexpected(fmt::format("writing pid file '{}' failed: {}", path,
                                       std::generic_category().message(error)));
  }
  return std::unique_ptr<pid_file>(new pid_file(std::move(path)));
}

std::expected<int, std::string> pid_file::read(const std::string& path) {
  const std::string text = read_file(path);
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool whole = end == text.data() + text.size() || *end == '\n';
  if (error != std::errc() || id < 1 || !whole) {
    return std::unexpected(fmt::format("pid file '{}' names no process", path));
  }
  return id;
}

pid_file::pid_file(std::string path) : path_(std::move(path)) {}

pid_file::~pid_file() {
  if (read_file(path_) == own_id()) ::unlink(path_.c_str());
}

}  // namespace dovetail
