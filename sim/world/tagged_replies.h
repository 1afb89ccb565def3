// What a tagged server says.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/scene.h"

namespace dovetail::sim {

// Where a request was served: part of each value.
struct place_served {
  std::uint32_t server = 0;
  std::uint32_t connection = 0;
  std::uint32_t arrival = 0;
  bool empty = false;  // by a server without data
};

std::vector<std::string_view> words_of(std::string_view request, bool redis);

// The honest reply; never empty.
std::string tagged_reply(std::string_view request, bool redis, const place_served& at);

// The reply as it is when something is wrong with it. Only for faults that `fits` allows.
std::string wrong_reply(fault what, std::string_view request, bool redis, std::string honest);
bool fits(fault what, std::string_view request, bool redis);

// A server's own error, which names the request that it is about.
std::string server_error(std::string_view request, bool redis);

}  // namespace dovetail::sim
