#include "asio/unix_file.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>

#include "asio/address.h"

namespace dovetail {
namespace {

std::error_code outcome(int returned) {
  return returned == 0 ? std::error_code() : std::error_code(errno, std::generic_category());
}

// Whether the socket of this file is one that nobody listens at. A listener that does not let us
// in, or has no room, is there.
bool is_deserted(const std::string& path) {
  const auto at = unix_address(path);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool refused = at &&
                       ::connect(descriptor, at->data(), static_cast<socklen_t>(at->size())) != 0 &&
                       errno == ECONNREFUSED;
  ::close(descriptor);
  return refused;
}

}  // namespace

unix_file::unix_file(std::string path) : path_(std::move(path)) {
  struct stat found{};
  if (::lstat(path_.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  if (is_deserted(path_)) ::unlink(path_.c_str());
}

unix_file::~unix_file() {
  struct stat found{};
  if (number_ == 0 || ::lstat(path_.c_str(), &found) != 0) return;
  if (found.st_ino == number_ && found.st_dev == device_) ::unlink(path_.c_str());
}

std::error_code unix_file::restrict_before_bind(int descriptor, unsigned permissions) {
  return permissions == 0 ? std::error_code() : outcome(::fchmod(descriptor, permissions));
}

std::error_code unix_file::adopt_after_bind(unsigned permissions) {
  struct stat found{};
  if (::lstat(path_.c_str(), &found) != 0) return outcome(-1);
  device_ = found.st_dev;
  number_ = found.st_ino;
  return permissions == 0 ? std::error_code() : outcome(::chmod(path_.c_str(), permissions));
}

}  // namespace dovetail
