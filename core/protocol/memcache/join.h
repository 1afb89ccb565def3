// The replies to the parts of a get with several keys, made into one.

#pragma once

#include "buffer/outbox.h"
#include "message/request.h"
#include "message/split_request.h"

namespace dovetail::memcache {

// Fills in plan.join and the keys, which joining follows.
void plan_join(const request& asked, split_request& plan);

// VALUE blocks in the client's order of keys, duplicates kept, misses left out, one END. Each
// part's reply holds blocks for a subsequence of its keys, which `plausible` has seen to.
void join_values(const split_request& plan, outbox& out);

}  // namespace dovetail::memcache
