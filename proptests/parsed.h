// One request, parsed and alive: for what the protocol does with it afterwards.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <rapidcheck.h>
#include <span>
#include <string>
#include <string_view>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {

inline void receive(inbox& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<std::byte> room = to.room();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    to.fill(size);
    bytes.remove_prefix(size);
  }
}

// All that waits to be written. It is gone then.
inline std::string drain(outbox& from) {
  std::string all;
  std::span<const std::byte> piece;
  while (from.gather({&piece, 1}) > 0) {
    all.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    from.drop(piece.size());
  }
  return all;
}

class parsed_request {
 public:
  // `bytes` are one whole request and nothing else.
  parsed_request(const protocol& speaks, std::string_view bytes)
      : parser_(speaks.new_request_parser()) {
    receive(in_, bytes);
    RC_ASSERT(parser_->parse(in_, found_) == parse_status::complete);
    RC_ASSERT(found_.consumed == bytes.size());
  }
  parsed_request(const parsed_request&) = delete;
  parsed_request& operator=(const parsed_request&) = delete;

  const request& operator*() const { return found_; }
  const request* operator->() const { return &found_; }

 private:
  block_pool blocks_;
  std::unique_ptr<request_parser> parser_;
  inbox in_{blocks_};
  request found_;
};

// What a server gets of the request that `bytes` are.
inline std::string written(const protocol& speaks, std::string_view bytes) {
  block_pool blocks;
  outbox out(blocks);
  const parsed_request asked(speaks, bytes);
  speaks.write(*asked, out);
  return drain(out);
}

}  // namespace dovetail::proptests
