// Limits that a short input can reach.

#pragma once

#include "protocol/protocol.h"

namespace dovetail::fuzz {

inline constexpr message_limits small_limits = {.message_bytes_max = 4096,
                                                .arguments_max = 40,
                                                .nesting_max = 6,
                                                .line_bytes_max = 160,
                                                .key_bytes_max = 100,
                                                .stranger_arguments_max = 10,
                                                .stranger_argument_bytes_max = 20};

}  // namespace dovetail::fuzz
