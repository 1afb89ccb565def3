#include "daemon/privileges.h"

#include <array>
#include <cerrno>
#include <expected>
#include <grp.h>
#include <pwd.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/types.h>

namespace dovetail {
namespace {

std::unexpected<std::string> failed(std::string_view user, std::string_view why) {
  return std::unexpected(fmt::format("cannot become user '{}': {}", user, why));
}

std::string reason(int code) {
  return std::generic_category().message(code);
}

}  // namespace

std::expected<void, std::string> become_user(const std::string& name) {
  passwd entry = {};
  passwd* found = nullptr;
  std::array<char, 16384> text = {};
  const int error = ::getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (error != 0) return failed(name, reason(error));
  if (found == nullptr) return failed(name, "there is no such user");

  if (::geteuid() == entry.pw_uid && ::getegid() == entry.pw_gid) return {};
  if (::initgroups(name.c_str(), entry.pw_gid) != 0) return failed(name, reason(errno));
  if (::setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid) != 0) {
    return failed(name, reason(errno));
  }
  if (::setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid) != 0) {
    return failed(name, reason(errno));
  }
  if (entry.pw_uid != 0 && ::setuid(0) == 0) return failed(name, "root is still within reach");
  return {};
}

}  // namespace dovetail
