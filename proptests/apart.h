// Doing something that may end its process: the core does that where it breaks its own promises.

#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace dovetail::proptests {

struct last_words {
  std::string said;
  bool ended = false;  // by itself; if not, what it wrote to stderr says why
};

// Does `what` in a process of its own and returns all that it told through its argument.
last_words apart(const std::function<void(const std::function<void(std::string_view)>&)>& what);

}  // namespace dovetail::proptests
