// SLOWLOG GET, LEN and RESET of the proxy's own log, as redis answers them (slowlog.c).

#pragma once

#include <string>

#include "message/request.h"
#include "message/slow_log.h"

namespace dovetail::redis {

// Appends the whole reply. Null: there is none, and it is empty.
void append_slowlog_reply(const request& asked, slow_log* log, std::string& answer);

}  // namespace dovetail::redis
