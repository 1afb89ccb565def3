// Requests as servers get them: whole, or the part that concerns some of the keys.

#pragma once

#include <cstdint>
#include <span>

#include "buffer/outbox.h"
#include "message/request.h"

namespace dovetail::memcache {

// Retrieval with several keys. All other commands have one key.
bool splits(const request& asked);

// As received where that is canonical, else anew from what the parser understood. Without noreply
// and without the flag q, so that each request a server gets has exactly one response.
void write(const request& asked, outbox& out);

// The same for some of its keys: indices into asked.keys, ascending.
void write_part(const request& asked, std::span<const std::uint32_t> keys, outbox& out);

}  // namespace dovetail::memcache
