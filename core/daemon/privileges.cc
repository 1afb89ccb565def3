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

std::expected<account, std::string> account_of(const std::string& name) {
  passwd entry = {};
  passwd* found = nullptr;
  std::array<char, 16384> text = {};
  const int error = ::getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (error != 0) return failed(name, reason(error));
  if (found == nullptr) return failed(name, "there is no such user");
  return account{.name = name, .user = entry.pw_uid, .group = entry.pw_gid};
}

std::expected<void, std::string> become(const account& whom) {
  if (::geteuid() == whom.user && ::getegid() == whom.group) return {};
  if (::initgroups(whom.name.c_str(), whom.group) != 0) return failed(whom.name, reason(errno));
  if (::setresgid(whom.group, whom.group, whom.group) != 0) {
    return failed(whom.name, reason(errno));
  }
  if (::setresuid(whom.user, whom.user, whom.user) != 0) return failed(whom.name, reason(errno));
  if (whom.user != 0 && ::setuid(0) == 0) return failed(whom.name, "root is still within reach");
  return {};
}

}  // namespace dovetail
