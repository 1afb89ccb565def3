// Whatever order the answers come in, replies leave in request order, each once.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/split_request.h"
#include "proxy/reply_window.h"
#include "proxy/split_pool.h"

namespace dovetail {
namespace {

struct owed {
  std::uint32_t sequence;
  std::uint32_t part;
  std::string reply;
};

std::string taken_from(outbox& out) {
  std::string all;
  while (!out.empty()) {
    std::array<std::span<const std::byte>, 1> piece;
    out.gather(piece);
    all.append(reinterpret_cast<const char*>(piece[0].data()), piece[0].size());
    out.drop(piece[0].size());
  }
  return all;
}

void join_parts(const split_request& from, outbox& to) {
  for (const auto& part : from.parts)
    to.append(part.reply);
}

RC_GTEST_PROP(pairing, replies_leave_in_request_order_whatever_order_the_answers_come_in, ()) {
  block_pool blocks;
  split_pool splits;
  outbox out(blocks);
  reply_window window(blocks, out, splits);
  std::vector<owed> waiting;
  std::string expected;
  std::string got;

  const auto moves =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  std::uint32_t asked = 0;
  for (const std::uint32_t move : moves) {
    const std::uint32_t parts = move % 4;
    if (move % 3 == 0) {
      const std::string text = "<" + std::to_string(asked++);
      std::unique_ptr<split_request> split;
      if (parts > 1) {
        split = splits.get();
        split->join = join_parts;
        split->parts.resize(parts);
        split->waiting = parts;
      }
      const std::uint32_t sequence = window.open(std::move(split));
      for (std::uint32_t part = 0; part < std::max(parts, 1U); ++part) {
        // Every fifth reply is too large to be copied.
        std::string reply = text + "." + std::to_string(part) + ">";
        if (move % 5 == 0) reply.append(slice::shared_bytes_min, 'x');
        expected += reply;
        waiting.push_back({.sequence = sequence, .part = part, .reply = reply});
      }
    } else if (!waiting.empty()) {
      const auto chosen = waiting.begin() + static_cast<std::ptrdiff_t>(move % waiting.size());
      window.settle(chosen->sequence, chosen->part, chosen->reply, false);
      waiting.erase(chosen);
      got += taken_from(out);
      RC_ASSERT(expected.starts_with(got));
    }
  }
  while (!waiting.empty()) {
    window.settle(waiting.back().sequence, waiting.back().part, waiting.back().reply, false);
    waiting.pop_back();
  }
  got += taken_from(out);
  RC_ASSERT(got == expected);
  RC_ASSERT(window.empty());
  RC_ASSERT(blocks.in_use() == 0U);
}

}  // namespace
}  // namespace dovetail
