// Requests and replies of memcached as values, and writing them: the other side of the parsers,
// written from doc/protocol.txt and using nothing of theirs.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::proptests {

// A request that is forwarded, and one way to send it.
struct memcache_request {
  std::string sent;
  std::string forwarded;           // what a server must get
  std::vector<std::string> words;  // as they were sent, without `noreply`
  std::vector<std::string> keys;
  bool reply_wanted = true;
};

memcache_request any_memcache_request();

// A request that is answered with an error and leaves the stream in step.
struct refused_request {
  std::string sent;
  std::string refusal;  // empty: whatever it is
};

refused_request any_refused_request();

// A response and what must be found in it.
struct memcache_reply {
  std::string bytes = {};
  std::string relayed = {};
  std::uint32_t shape = 0;
  std::int64_t count = 0;
  std::vector<std::string> echoes = {};
};

memcache_reply any_memcache_reply();

std::ostream& operator<<(std::ostream& out, const memcache_request& shown);
std::ostream& operator<<(std::ostream& out, const refused_request& shown);
std::ostream& operator<<(std::ostream& out, const memcache_reply& shown);

}  // namespace dovetail::proptests
