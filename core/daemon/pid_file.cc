#include "daemon/pid_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>

namespace dovetail {
namespace {

std::string own_id() {
  return fmt::format("{}", ::getpid());
}

std::string reason(int code) {
  return std::generic_category().message(code);
}

// Whether the path still leads to the file that is open.
bool leads_to(const std::string& path, int file) {
  struct stat here{};
  struct stat there{};
  return ::fstat(file, &here) == 0 && ::stat(path.c_str(), &there) == 0 &&
         here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

// 0 or errno. What is no ordinary file has no length.
int write_over(int file, std::string_view text) {
  if (::ftruncate(file, 0) != 0 && errno != EINVAL) return errno;
  const ssize_t written = ::pwrite(file, text.data(), text.size(), 0);
  if (written < 0) return errno;
  return written == static_cast<ssize_t>(text.size()) ? 0 : ENOSPC;
}

std::string content(int file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::optional<int> process_in(std::string_view text) {
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool whole = end == text.data() + text.size() || *end == '\n';
  if (error != std::errc() || id < 1 || !whole) return std::nullopt;
  return id;
}

// Of the whole file, and of this opening of it: closing another one does not give it up.
struct flock lock_of(short kind) {
  return {.l_type = kind, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
}

// 0 or errno.
int take(int file) {
  const struct flock whole = lock_of(F_WRLCK);
  return ::fcntl(file, F_OFD_SETLK, &whole) == 0 ? 0 : errno;
}

bool is_held(int file) {
  struct flock found = lock_of(F_RDLCK);
  return ::fcntl(file, F_OFD_GETLK, &found) == 0 && found.l_type != F_UNLCK;
}

std::string refusal(const std::string& path, int error) {
  return fmt::format("writing pid file '{}' failed: {}", path, reason(error));
}

}  // namespace

std::expected<std::unique_ptr<pid_file>, std::string> pid_file::create(const std::string& path) {
  for (;;) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return std::unexpected(refusal(path, errno));
    std::unique_ptr<pid_file> made(new pid_file(path, file));
    const int error = take(file);
    if (error != 0 && error != EAGAIN && error != EACCES) {
      return std::unexpected(refusal(path, error));
    }
    if (error != 0) {
      return std::unexpected(fmt::format("pid file '{}' is held by process {}, which is running",
                                         path, process_in(content(file)).value_or(0)));
    }
    if (!leads_to(path, file)) continue;  // who held it until now has just removed it
    if (const int failed = write_over(file, own_id()); failed != 0) {
      return std::unexpected(refusal(path, failed));
    }
    made->written_ = true;
    return made;
  }
}

std::expected<int, std::string> pid_file::holder(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return std::unexpected(fmt::format("pid file '{}' cannot be read: {}", path, reason(errno)));
  }
  const std::optional<int> id = process_in(content(file));
  const bool held = is_held(file);
  ::close(file);
  if (!id) return std::unexpected(fmt::format("pid file '{}' names no process", path));
  if (held) return *id;
  return std::unexpected(fmt::format(
      "pid file '{}' names process {}, but nobody holds it: that process has ended", path, *id));
}

pid_file::pid_file(std::string path, int file) : path_(std::move(path)), file_(file) {}

pid_file::~pid_file() {
  if (written_ && content(file_) == own_id() && leads_to(path_, file_)) ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace dovetail
