// COMMAND and its subcommands: what the proxy says of itself.

#pragma once

#include <string>

#include "message/request.h"

namespace dovetail::redis {

// Appends the reply to COMMAND, or to one of COUNT, DOCS, INFO, LIST and GETKEYS, in the arrays of
// redis 7.0. Only commands that the proxy serves are there. `asked` has a valid number of
// arguments.
void append_command_reply(const request& asked, std::string& out);

}  // namespace dovetail::redis
