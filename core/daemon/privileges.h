// Less than root, once what needs root is done.

#pragma once

#include <expected>
#include <string>

#include <sys/types.h>

namespace dovetail {

struct account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

std::expected<account, std::string> account_of(const std::string& name);

// Becomes this user, with its groups and no way back. To be called before the first thread. On an
// error the process must not go on: it may have given up a part.
std::expected<void, std::string> become(const account& whom);

}  // namespace dovetail
