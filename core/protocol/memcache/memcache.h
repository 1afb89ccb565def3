// The memcached ASCII protocol, with meta commands, as a `protocol`.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/protocol.h"

namespace dovetail::memcache {

struct options {
  std::vector<std::string> servers = {};  // names, in the pool's order
  bool allow_flush = false;               // flush_all
  message_limits limits;
};

std::unique_ptr<protocol> make_protocol(const options& with);

}  // namespace dovetail::memcache
