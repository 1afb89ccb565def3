// INFO of the proxy itself: what client libraries look at when they connect, and what pool it is.

#pragma once

#include "protocol/redis/exchange.h"

namespace dovetail::redis {

// INFO [section …], as redis server.c, genRedisInfoString: the sections that are named, of which
// one that does not exist is empty; all of them for none, `default`, `all` and `everything`.
void append_info(exchange& with);

}  // namespace dovetail::redis
