// What one client's bytes become on the connections to two servers: what the proxy believes to have
// forwarded, to be compared with what somebody reads there who does not know it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "fuzz/input.h"
#include "fuzz/messages.h"
#include "fuzz/reading.h"
#include "message/request.h"
#include "protocol/protocol.h"

namespace dovetail::fuzz {

// One request as words; the last one is the data block of a memcached storage command.
using request_words = std::vector<std::string>;

struct server_side_of_client {
  std::string wire;
  std::vector<request_words> believed;
};

inline constexpr std::size_t smuggling_servers = 2;

// Any rule would do that only looks at the key.
inline std::size_t server_of(std::string_view key) {
  return key.empty() ? 0 : static_cast<unsigned char>(key.back()) % smuggling_servers;
}

// Forwards what `speaks` would, as proxy/forward does. `words` says what a request, or its part
// with these keys (all, when there are none), means.
template <class Words>
std::array<server_side_of_client, smuggling_servers> forward_all(const protocol& speaks,
                                                                 const cut_stream& input,
                                                                 const Words& words) {
  static block_pool blocks(512);
  static findings log;
  static parser_at_hand<request_parser> parsers;
  std::array<server_side_of_client, smuggling_servers> servers;
  session who;
  std::string answer;
  bool closed = false;

  const auto send = [&](const request& asked, std::size_t to, std::vector<std::uint32_t>* part) {
    outbox out(blocks);
    if (part != nullptr) {
      speaks.write_part(asked, *part, out);
    } else {
      speaks.write(asked, out);
    }
    drain(out, servers[to].wire);
    servers[to].believed.push_back(words(asked, part));
  };
  const auto forward = [&](const request& asked) {
    std::array<std::vector<std::uint32_t>, smuggling_servers> keys;
    for (std::uint32_t at = 0; at < asked.keys.size(); ++at)
      keys[server_of(asked.text(asked.keys[at]))].push_back(at);
    if (keys[0].empty() || keys[1].empty()) return send(asked, keys[1].empty() ? 0 : 1, nullptr);
    if (!speaks.splits(asked)) return;
    for (std::size_t to = 0; to < smuggling_servers; ++to)
      send(asked, to, &keys[to]);
  };
  const auto visit = [&](const request& asked, const inbox&) {
    if (closed) return;
    const verdict what = speaks.filter(asked, who, answer);
    closed = what == verdict::hang_up;
    if (what == verdict::forward) forward(asked);
  };

  const auto make = [&] { return speaks.new_request_parser(); };
  auto cut = input.pieces.begin();
  const auto piece = [&] {
    return cut == input.pieces.end() ? std::numeric_limits<std::size_t>::max() : piece_size(*cut++);
  };
  read_stream<request>(parsers, make, blocks, input.bytes, piece, log, visit);
  return servers;
}

}  // namespace dovetail::fuzz
