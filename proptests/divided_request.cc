#include "proptests/divided_request.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/response.h"
#include "proptests/generators.h"
#include "proptests/parsed.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {

divided_request::divided_request(const protocol& speaks,
                                 std::string_view bytes,
                                 const std::vector<std::uint32_t>& owners)
    : speaks_(&speaks), asked_(speaks, bytes) {
  RC_ASSERT(asked_->keys.size() == owners.size());
  for (const std::uint32_t owner : owners) {
    if (std::ranges::find(servers_, owner) == servers_.end()) servers_.push_back(owner);
  }
  write_parts(owners);
}

void divided_request::write_parts(const std::vector<std::uint32_t>& owners) {
  const bool together = servers_.size() == 1;
  if (!together) RC_ASSERT(speaks_->splits(*asked_));
  auto plan = splits_.get();
  plan->parts.resize(servers_.size());
  plan->waiting = servers_.size();
  speaks_->plan_join(*asked_, *plan);
  for (const std::uint32_t owner : owners) {
    const auto part = std::ranges::find(servers_, owner) - servers_.begin();
    plan->part_of_key.push_back(static_cast<std::uint32_t>(part));
  }
  for (std::uint32_t part = 0; part < servers_.size(); ++part) {
    std::vector<std::uint32_t> keys;
    for (std::uint32_t key = 0; key < owners.size(); ++key) {
      if (plan->part_of_key[key] == part) keys.push_back(key);
    }
    outbox wire(blocks_);
    byte_queue echo;
    expected_.push_back(together ? speaks_->expect(*asked_, echo)
                                 : speaks_->expect_part(*asked_, keys, echo));
    if (together) {
      speaks_->write(*asked_, wire);
    } else {
      speaks_->write_part(*asked_, keys, wire);
    }
    wires_.push_back(drain(wire));
    echoes_.emplace_back(echo.front(echo.size()));
  }
  window_.open(together ? nullptr : std::move(plan));
}

void divided_request::answer(std::size_t part, const part_reply& with) {
  const auto place = static_cast<std::uint32_t>(part);
  if (with.is_own)
    return window_.settle(window_.first(), place, std::string_view(with.bytes), true);
  const auto parser = speaks_->new_response_parser();
  inbox in(blocks_);
  receive(in, with.bytes);
  response came;
  RC_ASSERT(parser->parse(in, came) == parse_status::complete);
  RC_ASSERT(came.size == with.bytes.size());
  RC_ASSERT(speaks_->plausible(expected_[part], echoes_[part], came, in.unread()));
  const slice reply = in.front(came.size).sub(came.relayed.offset, came.relayed.size);
  window_.settle(window_.first(), place, reply, came.is_error());
}

std::string answer_in_any_order(divided_request& asked, const std::vector<part_reply>& replies) {
  std::vector<std::size_t> left(asked.parts());
  std::iota(left.begin(), left.end(), std::size_t{0});
  while (!left.empty()) {
    RC_ASSERT(asked.told().empty());
    const auto next = left.begin() + static_cast<std::ptrdiff_t>(below(left.size()));
    asked.answer(*next, replies[*next]);
    left.erase(next);
  }
  return asked.told();
}

}  // namespace dovetail::proptests
