// Which responses could answer a request.
//
// memcached says in many of its responses what they are about: the key in VALUE, the key and the
// opaque in meta responses. Nothing else tells a shifted stream of responses from a right one.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "buffer/byte_queue.h"
#include "message/request.h"
#include "message/response.h"

namespace dovetail::memcache {

// The echo is what must come back, as words with a space between: the keys of a retrieval, the
// flags k (b where the key is in base64) and O of a meta command with their values, the key of me
// in the same way.
expectation expect(const request& asked, byte_queue& echo);
expectation expect_part(const request& asked,
                        std::span<const std::uint32_t> keys,
                        byte_queue& echo);

// Could `came`, whose bytes are `bytes`, answer what was expected with `echo`?
bool plausible(const expectation& expected,
               std::string_view echo,
               const response& came,
               std::string_view bytes);

}  // namespace dovetail::memcache
