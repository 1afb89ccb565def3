#include "sim/search/sweep.h"

#include <cstdint>

#include <gtest/gtest.h>

#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

TEST(sweep, finds_nothing_wrong_in_twenty_thousand_worlds) {
  std::uint64_t events = 0;
  for (std::uint64_t seed = 1; seed <= 20000; ++seed) {
    const seed_run done = sweep_seed(seed);
    events += done.events;
    ASSERT_TRUE(done.found.good()) << "seed " << seed << ": " << name_of(done.found.broken)
                                   << " at event " << done.found.at << ": " << done.found.text;
  }
  EXPECT_GT(events, 20000U * 20);
}

TEST(sweep, repeats_a_seed_to_the_last_byte) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    EXPECT_EQ(sweep_seed(seed).history, sweep_seed(seed).history) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dovetail::sim
