// Inbox and outbox behave like plain strings.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"

namespace dovetail {
namespace {

using moves = std::vector<std::uint16_t>;

RC_GTEST_PROP(inbox, behaves_like_a_string_that_is_consumed_from_the_front, (const moves& todo)) {
  block_pool blocks(64);
  {
    inbox in(blocks);
    std::string model;
    std::vector<std::pair<slice, std::string>> kept;
    char next = 'a';
    for (const std::uint16_t move : todo) {
      const std::size_t amount = move / 4U;
      if (move % 4 == 0) {
        in.consume(std::min(amount, model.size()));
        model.erase(0, amount);
      } else if (move % 4 == 1 && !model.empty()) {
        const std::size_t size = amount % model.size() + 1;
        kept.emplace_back(in.front(size), model.substr(0, size));
      } else {
        if (move % 4 == 2) in.expect(amount);
        const auto room = in.room();
        RC_ASSERT(!room.empty());
        const std::size_t size = std::min(room.size(), amount % 200);
        std::memset(room.data(), next, size);
        in.fill(size);
        in.release_if_empty();
        model.append(size, next);
        next = next == 'z' ? 'a' : static_cast<char>(next + 1);
      }
      RC_ASSERT(in.unread() == model);
      for (const auto& [its, bytes] : kept)
        RC_ASSERT(its.view() == bytes);
    }
  }
  RC_ASSERT(blocks.in_use() == 0U);
}

RC_GTEST_PROP(outbox, behaves_like_a_string_that_is_dropped_from_the_front, (const moves& todo)) {
  block_pool blocks(64);
  {
    outbox out(blocks);
    std::string model;
    char next = 'a';
    for (const std::uint16_t move : todo) {
      const std::size_t amount = move / 4U;
      const std::string bytes(amount, next);
      if (move % 4 == 0) {
        out.drop(std::min(amount, model.size()));
        model.erase(0, amount);
      } else if (move % 4 == 1 && amount > 0) {
        block_ref large = blocks.get(amount);
        std::memcpy(large->data(), bytes.data(), amount);
        out.append(slice(large, 0, amount));
        model += bytes;
      } else {
        out.append(std::string_view(bytes));
        model += bytes;
      }
      next = next == 'z' ? 'a' : static_cast<char>(next + 1);
      RC_ASSERT(out.size() == model.size());
      std::array<std::span<const std::byte>, 8> pieces;
      const std::size_t count = out.gather(pieces);
      std::string front;
      for (std::size_t at = 0; at < count; ++at) {
        front.append(reinterpret_cast<const char*>(pieces.at(at).data()), pieces.at(at).size());
      }
      RC_ASSERT(model.starts_with(front));
      RC_ASSERT(front.empty() == model.empty());
    }
  }
  RC_ASSERT(blocks.in_use() == 0U);
}

}  // namespace
}  // namespace dovetail
