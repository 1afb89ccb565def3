// CLIENT: what a client says and asks of its own connection. Others it neither sees nor touches.

#pragma once

#include <string_view>

#include "protocol/redis/exchange.h"

namespace dovetail::redis {

// Answers CLIENT with one of the subcommands that are `handling::local`.
void answer_client(exchange& with);

// Gives the connection a name, as CLIENT SETNAME and HELLO do. False: the answer says why not.
bool set_name(exchange& with, std::string_view name);

}  // namespace dovetail::redis
