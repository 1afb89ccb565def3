// The redis protocol, RESP2, as a `protocol`.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocol/protocol.h"

namespace dovetail::redis {

struct options {
  std::string password;  // redis_auth: clients must give it, and servers are given it; may be empty
  int database = 0;      // redis_db
  std::uint32_t servers = 1;  // of the pool
  bool allow_flush = false;   // FLUSHALL and FLUSHDB
  message_limits limits;
};

std::unique_ptr<protocol> make_protocol(const options& with);

}  // namespace dovetail::redis
