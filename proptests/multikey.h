// Requests with several keys, and where each key lives: the same for the laws of splitting whatever
// they ask.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "proptests/backend.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {

// Some keys and the server of each.
struct key_space {
  std::vector<std::string> keys;
  std::vector<std::uint32_t> owners;
  std::uint32_t servers = 1;
};

key_space any_key_space();

// A request of a command that is split, for some of the keys: some twice, some that are not there.
struct multikey_request {
  std::string bytes;
  std::vector<std::size_t> keys;  // which of the space
};

multikey_request any_redis_multikey(const key_space& of);
multikey_request any_memcache_multikey(const key_space& of);

std::vector<std::uint32_t> owners_of(const multikey_request& asked, const key_space& of);

// One server that has all keys, and one for each part of them: what the proxy makes look alike.
struct redundant_servers {
  backend whole;
  std::vector<backend> parts;
};

redundant_servers any_redis_servers(const key_space& of);
redundant_servers any_memcache_servers(const key_space& of);

}  // namespace dovetail::proptests
