#include "buffer/outbox.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/packer.h"
#include "buffer/slice.h"

namespace dovetail {
namespace {

std::string text(const outbox& from) {
  std::array<std::span<const std::byte>, 64> pieces;
  const std::size_t count = from.gather(pieces);
  std::string all;
  for (std::size_t at = 0; at < count; ++at) {
    all.append(reinterpret_cast<const char*>(pieces[at].data()), pieces[at].size());
  }
  return all;
}

slice slice_of(block_pool& blocks, const std::string& bytes) {
  block_ref made = blocks.get(bytes.size());
  std::memcpy(made->data(), bytes.data(), bytes.size());
  return {made, 0, bytes.size()};
}

TEST(outbox, moves_its_first_bytes_to_another) {
  block_pool blocks(64);
  outbox from(blocks), to(blocks);
  const std::string large(3 * slice::shared_bytes_min, 'l');
  from.append("onetwo");
  from.append(slice_of(blocks, large));
  to.append("zero");

  from.drop(3);
  from.move(3 + large.size() - 1, to);
  EXPECT_EQ(text(to), "zerotwo" + large.substr(1));
  EXPECT_EQ(text(from), "l");
  from.move(1, to);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(to.size(), 7 + large.size());
}

TEST(outbox, is_written_in_the_order_it_was_filled) {
  block_pool blocks(64);
  outbox out(blocks);
  std::string expected;
  for (int at = 0; at < 100; ++at) {
    out.append(std::to_string(at));
    expected += std::to_string(at);
  }
  EXPECT_EQ(out.size(), expected.size());

  while (!out.empty()) {
    EXPECT_EQ(text(out), expected);
    const std::size_t step = std::min<std::size_t>(out.size(), 37);
    out.drop(step);
    expected.erase(0, step);
  }
  EXPECT_EQ(blocks.in_use(), 0U);
}

TEST(outbox, copies_small_messages_one_behind_the_other) {
  block_pool blocks;
  outbox out(blocks);
  for (int at = 0; at < 100; ++at)
    out.append("message");
  std::array<std::span<const std::byte>, 4> pieces;
  EXPECT_EQ(out.gather(pieces), 1U);
}

TEST(outbox, shares_large_slices_and_keeps_the_order_around_them) {
  block_pool blocks;
  outbox out(blocks);
  const std::string large(100000, 'x');
  out.append("before");
  {
    const slice shared = slice_of(blocks, large);
    const std::size_t in_use = blocks.in_use();
    out.append(shared);
    EXPECT_EQ(blocks.in_use(), in_use) << "nothing is copied";
  }
  out.append("after");
  EXPECT_EQ(text(out), "before" + large + "after");
  out.clear();
  EXPECT_EQ(blocks.in_use(), 0U);
}

TEST(packer, keeps_many_small_slices_in_one_block_and_shares_large_ones) {
  block_pool blocks;
  packer keeper(blocks);
  std::vector<slice> kept;
  kept.reserve(101);
  for (int at = 0; at < 100; ++at) {
    kept.push_back(keeper.keep(slice_of(blocks, std::to_string(at))));
  }
  EXPECT_EQ(blocks.in_use(), 1U);
  for (int at = 0; at < 100; ++at)
    EXPECT_EQ(kept[static_cast<std::size_t>(at)].view(), std::to_string(at));

  kept.push_back(keeper.keep(slice_of(blocks, std::string(10000, 'x'))));
  EXPECT_EQ(blocks.in_use(), 2U);
  kept.clear();
  keeper.rest();
  EXPECT_EQ(blocks.in_use(), 0U);
}

TEST(block_pool, gives_back_what_was_not_used_since_it_was_last_asked) {
  block_pool blocks(1000);
  const auto use = [&](int count) {
    std::vector<block_ref> held;
    for (int at = 0; at < count; ++at)
      held.push_back(blocks.get());
  };
  use(10);
  EXPECT_EQ(blocks.kept_bytes(), 10'000U);
  blocks.trim();
  use(4);
  blocks.trim();
  EXPECT_EQ(blocks.kept_bytes(), 4'000U) << "four were used";
  EXPECT_EQ(blocks.held_bytes(), 4'000U);
  blocks.trim();
  EXPECT_EQ(blocks.held_bytes(), 0U);
}

TEST(block_pool, reuses_blocks_and_gives_back_what_is_too_much) {
  block_pool blocks(1U << 20);
  {
    const block_ref one = blocks.get();
  }
  EXPECT_EQ(blocks.allocations(), 1U);
  {
    const block_ref again = blocks.get();
  }
  EXPECT_EQ(blocks.allocations(), 1U);

  const auto many = [&] {
    std::vector<block_ref> held;
    held.reserve(64);
    for (int at = 0; at < 64; ++at)
      held.push_back(blocks.get());
  };
  many();
  const auto before = blocks.allocations();
  many();
  EXPECT_EQ(blocks.allocations() - before, 64U - 16U) << "16 MiB are kept";
}

TEST(byte_queue, gives_back_what_was_pushed_in_order) {
  byte_queue queue;
  std::string model;
  for (int at = 0; at < 1000; ++at) {
    queue.push(std::to_string(at));
    model += std::to_string(at);
    const std::size_t dropped =
        std::min<std::size_t>(model.size(), static_cast<std::size_t>(at % 5));
    EXPECT_EQ(queue.front(dropped), model.substr(0, dropped));
    queue.drop(dropped);
    model.erase(0, dropped);
  }
  EXPECT_EQ(queue.size(), model.size());
  EXPECT_EQ(queue.front(model.size()), model);
}

}  // namespace
}  // namespace dovetail
