// A client's request as the judge knows it: what is sent, what each server must get of it, and what
// the client may be told.
//
// Every key says whose it is: `zc2r5k0` is key 0 of request 5 of client 2, the first letter chosen
// so that it belongs to the right server. Whatever carries such a key can be traced back.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/scene.h"

namespace dovetail::sim {

// Whose key, value or reply this is.
struct tag {
  std::uint32_t client = 0;
  std::uint32_t request = 0;
  std::uint32_t key = 0;

  auto operator<=>(const tag&) const = default;
};

// The first tag in `text`.
std::optional<tag> find_tag(std::string_view text);

// What one server must get of a request.
struct asked_part {
  std::uint32_t server = 0;
  std::string wire;                 // exactly
  std::string answer;               // what the server says; empty: what it says by itself
  std::vector<std::uint32_t> keys;  // of the request, ascending
};

struct asked {
  enum class joining : std::uint8_t { whole, array, values, sum, status };

  verb what = verb::get;
  std::string bytes;  // as the client sends it
  std::vector<std::string> keys;
  std::vector<asked_part> parts;  // in the order of their first keys; none: the proxy answers
  std::string answer;             // what it answers then
  joining joined = joining::whole;
  bool replied = true;        // false: nothing is to come back
  bool to_all = false;        // each part is a copy for another server
  std::uint32_t servers = 1;  // in the pool
};

// The request that is number `request` of client `client` in the scene.
asked compile(const scene& of, std::uint32_t client, std::uint32_t request);

// The parts of it when these servers own its keys.
std::vector<asked_part> divide(const asked& what,
                               const std::vector<std::uint32_t>& owners,
                               bool redis);

// The server among `servers` that owns the key by twemproxy's fnv1a_64 and modula: written down
// here a second time, from the outside, since it judges the proxy's own.
std::uint32_t owner_of(std::string_view key, std::uint32_t servers);

// The one reply to a request from the replies to its parts. Nothing where one is an error or is not
// of the right kind.
std::optional<std::string> join(const asked& whole, const std::vector<std::string_view>& replies);

// The elements of an array of redis; of what is none, nothing.
std::vector<std::string_view> elements_of(std::string_view array);

// Whether `reply` is what an exact request must be answered with: `pattern`, or what begins with
// it up to its final `*`.
bool matches(std::string_view reply, std::string_view pattern);

// Whether a whole reply is an error, of the proxy or of a server.
bool is_error(std::string_view reply, bool redis);

}  // namespace dovetail::sim
