// What COMMAND DOCS says of a command: what the proxy makes of it, and what it takes.

#pragma once

#include <string>

#include "protocol/redis/commands.h"

namespace dovetail::redis {

// Appends the row's name and its documentation, in the arrays of redis 7.0: summary, group and
// arguments, as far as the table knows them.
void append_docs(std::string& out, const command& row);

}  // namespace dovetail::redis
