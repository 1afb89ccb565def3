// Writes requests towards servers: whole, or for some of their keys.

#pragma once

#include <cstdint>
#include <span>

#include "buffer/outbox.h"
#include "message/request.h"

namespace dovetail::redis {

// "*2\r\n" or "$3\r\n", in one piece.
void append_header(outbox& out, char type, std::uint64_t number);

// One of the request's arguments as a bulk string.
void append_argument(const request& asked, extent argument, outbox& out);

// As received where that is canonical, else as the array it means.
void write_request(const request& asked, outbox& out);

// The same command, in the client's spelling, for `keys` (indices into asked.keys, ascending), each
// with its value where the command takes pairs. asked's command is one that splits.
void write_request_part(const request& asked, std::span<const std::uint32_t> keys, outbox& out);

}  // namespace dovetail::redis
