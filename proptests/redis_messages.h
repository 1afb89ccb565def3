// Requests and replies of redis as values, and writing them: the other side of the parsers, written
// from the description of RESP2 and using nothing of theirs.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::proptests {

using words = std::vector<std::string>;

// A request and one way to send it.
struct redis_request {
  words said;
  std::string bytes;
  bool canonical = true;  // as array_of would write it
  bool is_inline = false;
};

// "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
std::string array_of(const words& said);

// An array, perhaps with the deviations that redis tolerates, or a line of words.
redis_request any_redis_request();

// A reply of RESP2 and what must be found in it.
struct redis_reply {
  std::string bytes;
  std::uint32_t shape = 0;
  std::int64_t count = 0;
};

redis_reply any_redis_reply();

std::ostream& operator<<(std::ostream& out, const redis_request& shown);
std::ostream& operator<<(std::ostream& out, const redis_reply& shown);

}  // namespace dovetail::proptests
