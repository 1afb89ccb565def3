// Finds the keys among a command's arguments, by the rule of its row.

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "message/request.h"
#include "protocol/redis/commands.h"

namespace dovetail::redis {

// Appends to `keys` those of `arguments` (extents of `bytes`, the command's name first) that are
// keys, in the order they were given. The row's arity must hold.
//
// Returns an empty view, or why the keys cannot be told: redis's own words, a whole reply. Such a
// request is not forwarded; it might write to keys whose server we did not choose.
std::string_view find_keys(const command& row,
                           std::string_view bytes,
                           std::span<const extent> arguments,
                           std::vector<extent>& keys);

}  // namespace dovetail::redis
