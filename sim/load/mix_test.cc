#include "sim/load/mix.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace dovetail::sim::load {
namespace {

TEST(mix, picks_each_as_often_as_it_weighs) {
  const auto asks = mix::parse("get=5,mget12=2,set=2,del=1");
  ASSERT_TRUE(asks);
  std::array<int, load_ops.size()> seen{};
  for (std::uint64_t draw = 0; draw < 10; ++draw) {
    const mix_entry& each = asks->pick(static_cast<std::uint32_t>((draw << 32) / 10) + 1);
    ++seen[static_cast<std::size_t>(std::to_underlying(each.what))];
    EXPECT_EQ(each.keys, each.what == load_op::mget ? 12 : 1);
  }

  EXPECT_EQ(seen, (std::array{5, 2, 2, 1, 0}));
}

TEST(mix, stays_within_its_entries) {
  const auto asks = mix::parse("incr=3,get=1");
  ASSERT_TRUE(asks);

  EXPECT_EQ(asks->pick(0).what, load_op::incr);
  EXPECT_EQ(asks->pick(0xffff'ffff).what, load_op::get);
}

TEST(mix, refuses_what_it_does_not_understand) {
  for (const auto* const text :
       {"", "get", "get=", "get=0", "get=x", "get=1,", ",get=1", "sing=1", "mget=1", "mget0=1",
        "mget1001=1", "get=1000001", "get=1000000,set=1", "GET=1", "get=1 set=2"}) {
    EXPECT_FALSE(mix::parse(text)) << text;
  }
}

}  // namespace
}  // namespace dovetail::sim::load
