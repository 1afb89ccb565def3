// Reads requests as a memcached that takes nothing but what doc/protocol.txt says, to the letter:
// single spaces, CRLF, the shortest numbers, no word more than there must be. Shares nothing with
// core/protocol: the proxy's writing and this reading have to agree without having been written
// alike.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::fuzz {

// Takes the next request off `wire`: its words, and behind them its data block if it has one.
// Nothing when what is there is no whole request of this kind.
std::optional<std::vector<std::string>> take_memcache_request(std::string_view& wire);

}  // namespace dovetail::fuzz
