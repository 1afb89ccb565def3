// Requests that are about a whole pool: verb `all` asks every server, verb `scan` the one whose
// place its cursor names. What is to be sent, and what is to come back, written down here a second
// time, as the judge knows it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/asked.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

constexpr bool is_of_pool(verb what) {
  return what == verb::all || what == verb::scan;
}

// Fills in the bytes of such a request, whose one key is its name tag and is there already. `owner`
// is the server that a scan is at.
void write_of_pool(asked& made, const scene& of, std::uint32_t owner);

// Fills in who must get what of it.
void divide_of_pool(asked& made, const scene& of, std::uint32_t owner);

// As join().
std::optional<std::string> join_of_pool(const asked& whole,
                                        const std::vector<std::string_view>& replies);

// What a server says to it, as tagged_reply. Empty where the request is no such one.
std::string pool_reply(const std::vector<std::string_view>& words, const std::string& value);

// `flush_all` has no room for a tag but in its delay: whose it is, or nothing.
std::optional<tag> find_flush_tag(std::string_view text);

}  // namespace dovetail::sim
