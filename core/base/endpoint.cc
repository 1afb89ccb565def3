#include "base/endpoint.h"

#include <string>

namespace dovetail {

std::string to_string(const endpoint& at) {
  if (at.is_unix()) return at.path;
  const bool v6 = at.host.find(':') != std::string::npos;
  return (v6 ? "[" + at.host + "]" : at.host) + ":" + std::to_string(at.port);
}

}  // namespace dovetail
