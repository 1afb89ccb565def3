// A request that the proxy answers itself, with all that the answer depends on.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::redis {

// Lives while the request is answered.
struct exchange {
  const options& pool;
  const request& asked;
  session& who;
  std::string& answer;

  std::size_t count() const { return asked.arguments.size(); }
  std::string_view text(std::size_t at) const { return asked.argument(at); }
  bool is(std::size_t at, std::string_view word) const {
    return equal_ignoring_case(text(at), word);
  }
};

}  // namespace dovetail::redis
