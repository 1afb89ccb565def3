// One request whose keys are on several servers, from its parts to its one reply: what
// proxy/forward and proxy/relay do with the protocol, the split request and the reply window, and
// nothing else.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "proptests/parsed.h"
#include "protocol/protocol.h"
#include "proxy/reply_window.h"
#include "proxy/split_pool.h"

namespace dovetail::proptests {

struct part_reply {
  std::string bytes;    // a whole response of the server, or the proxy's own error
  bool is_own = false;  // of the proxy: the server is gone, or late
};

class divided_request {
 public:
  // `bytes` are one request, `owners` the server of each of its keys. `speaks` outlives this.
  divided_request(const protocol& speaks,
                  std::string_view bytes,
                  const std::vector<std::uint32_t>& owners);

  // In the order of their first keys.
  std::size_t parts() const { return wires_.size(); }
  std::uint32_t server_of(std::size_t part) const { return servers_[part]; }

  // What that server gets: the whole request where there is one part.
  const std::string& wire_of(std::size_t part) const { return wires_[part]; }

  // Gives the part its reply, which must be one that could be right.
  void answer(std::size_t part, const part_reply& with);

  // What the client has been told so far.
  std::string told() { return drain(out_); }

 private:
  void write_parts(const std::vector<std::uint32_t>& owners);

  const protocol* speaks_;
  block_pool blocks_;
  split_pool splits_;
  outbox out_{blocks_};
  counter replied_;
  reply_window window_{blocks_, out_, splits_, replied_};
  parsed_request asked_;
  std::vector<std::uint32_t> servers_;
  std::vector<std::string> wires_;
  std::vector<expectation> expected_;
  std::vector<std::string> echoes_;
};

// Gives each part its reply, in any order; nothing is told before the last. Returns what is told.
std::string answer_in_any_order(divided_request& asked, const std::vector<part_reply>& replies);

}  // namespace dovetail::proptests
