#include "sim/search/tape_chooser.h"

#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "sim/net/choice.h"

namespace dovetail::sim {
namespace {

TEST(tape_chooser, takes_number_after_number_and_the_dull_choice_behind_the_last) {
  const std::vector<std::uint32_t> tape = {1, 7, 2};
  const std::array<happening, 3> possible = {};
  tape_chooser choices(tape);
  EXPECT_EQ(choices.pick(possible), 1U);
  EXPECT_EQ(choices.choose(5, site::outcome), 2U) << "7 modulo 5";
  EXPECT_EQ(choices.pick(possible), 2U);
  EXPECT_EQ(choices.pick(possible), 0U);
  EXPECT_EQ(choices.choose(5, site::outcome), 0U);
}

}  // namespace
}  // namespace dovetail::sim
