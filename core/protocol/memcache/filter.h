// What the proxy answers itself.

#pragma once

#include <string>

#include "message/request.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {

// As protocol::filter. Refused requests get their refusal. A request that wants no reply is
// ignored when it is not forwarded.
verdict filter(const options& pool, const request& asked, std::string& answer);

}  // namespace dovetail::memcache
