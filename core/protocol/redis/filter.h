// What the proxy answers itself, refuses, or lets pass.

#pragma once

#include <string>

#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::redis {

// `protocol::filter` of a pool with `options`.
verdict filter_request(const options& pool,
                       const request& asked,
                       session& who,
                       std::string& answer);

}  // namespace dovetail::redis
