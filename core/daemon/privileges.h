// Less than root, once what needs root is done.

#pragma once

#include <expected>
#include <string>

namespace dovetail {

// Becomes the user of this name, with its groups and no way back. To be called before the first
// thread. On an error the process must not go on: it may have given up a part.
std::expected<void, std::string> become_user(const std::string& name);

}  // namespace dovetail
