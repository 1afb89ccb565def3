// The redis protocol, RESP2, as a `protocol`.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "message/slow_log.h"
#include "protocol/protocol.h"

namespace dovetail::redis {

struct options {
  std::string password;  // redis_auth: clients must give it, and servers are given it; may be empty
  int database = 0;      // redis_db
  std::string user = {};                  // redis_auth_user: who servers are told that it is
  std::string pool = {};                  // its name
  std::vector<std::string> servers = {};  // their names, in the pool's order; none: one without
  bool allow_flush = false;               // FLUSHALL and FLUSHDB
  std::string hash_tag = {};              // of the pool
  bool may_cross = false;                 // on_cross_slot: first_key
  slow_log* slow = nullptr;               // what SLOWLOG shows; outlives the protocol
  message_limits limits;

  std::uint32_t server_count() const {
    return servers.empty() ? 1 : static_cast<std::uint32_t>(servers.size());
  }
};

std::unique_ptr<protocol> make_protocol(const options& with);

}  // namespace dovetail::redis
