// Commands that speak of the client's own connection. The proxy answers them: a server connection
// is shared, and what one client says of itself must not reach it.

#pragma once

#include <string>

#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/redis.h"

namespace dovetail::redis {

// The version that HELLO and INFO name: of the command set, not of any server.
inline constexpr std::string_view spoken_version = "7.0.0";

// Answers `asked`, whose row is `handling::local` and whose number of arguments is right for it.
// Returns `answer` or, for QUIT, `hang_up`.
verdict answer_locally(const options& pool,
                       const command& row,
                       const request& asked,
                       session& who,
                       std::string& answer);

}  // namespace dovetail::redis
