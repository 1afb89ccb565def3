// Where messages end, for a network that cuts its streams at places where it may matter.

#pragma once

#include <cstddef>
#include <string_view>

namespace dovetail::sim {

// The size of the message that `bytes` begin with; 0 when it is not whole. Any answer is safe: it
// only decides where streams are cut.
using message_size = std::size_t (*)(std::string_view bytes);

std::size_t redis_message_size(std::string_view bytes);  // requests and replies
std::size_t memcache_request_size(std::string_view bytes);
std::size_t memcache_reply_size(std::string_view bytes);

struct framing {
  message_size request = nullptr;  // what the connecting side writes; null: never cut by messages
  message_size reply = nullptr;
};

inline constexpr framing redis_framing = {redis_message_size, redis_message_size};
inline constexpr framing memcache_framing = {memcache_request_size, memcache_reply_size};

}  // namespace dovetail::sim
