// The memcached ASCII protocol, with meta commands, as a `protocol`.

#pragma once

#include <memory>

#include "protocol/protocol.h"

namespace dovetail::memcache {

struct options {
  message_limits limits;
};

std::unique_ptr<protocol> make_protocol(const options& with);

}  // namespace dovetail::memcache
