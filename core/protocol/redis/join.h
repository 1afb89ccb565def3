// One reply out of the replies to the parts of a split request.

#pragma once

#include "message/split_request.h"
#include "protocol/redis/commands.h"

namespace dovetail::redis {

// MGET: "*n" with the elements in the client's order of keys, DEL and its like: the sum, MSET: +OK.
// Every part's reply must have been plausible for it.
split_request::join_function join_of(join_kind how);

}  // namespace dovetail::redis
