// The replies to the parts of a get with several keys, or those of all servers, made into one.

#pragma once

#include <string>
#include <vector>

#include "buffer/outbox.h"
#include "message/request.h"
#include "message/split_request.h"

namespace dovetail::memcache {

// Fills in plan.join and what joining follows: the keys, or the names of the servers that are
// asked, which are words. `servers` are those of the pool.
void plan_join(const request& asked, const std::vector<std::string>& servers, split_request& plan);

// VALUE blocks in the client's order of keys, duplicates kept, misses left out, one END. Each
// part's reply holds blocks for a subsequence of its keys, which `plausible` has seen to.
// Where a part has failed, its error stands in the place of END.
void join_values(const split_request& plan, outbox& out);

// Every server's STAT lines, `STAT server/name value`, one END.
void join_stats(const split_request& plan, outbox& out);

// All have said OK.
void join_oks(const split_request& plan, outbox& out);

}  // namespace dovetail::memcache
