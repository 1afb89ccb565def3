#include "sim/trace/blame.h"

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/search/random_chooser.h"
#include "sim/trace/choice.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::uint32_t runs = 50;

// Two clients' requests in halves need two blocks where only one is allowed, if they overlap.
scene narrow() {
  scene of;
  of.servers = 2;
  of.blocks_max = 1;
  of.net.cuts = cutting::halves;
  of.clients.resize(2);
  of.clients[0].steps = {{verb::gets, {0, 1}}};
  of.clients[1].steps = {{verb::get, {0}}};
  return of;
}

trace run_of(const scene& of, std::uint64_t seed) {
  random_chooser by(seed);
  return trace_of(of, by, "a test");
}

trace failing() {
  std::uint64_t seed = 1;
  trace of = run_of(narrow(), seed);
  while (of.found == oracle::none)
    of = run_of(narrow(), ++seed);
  return of;
}

TEST(blame, begins_with_what_the_scene_is_worth_and_ends_with_certainty) {
  const blamed found = blame(failing(), runs, 1);
  ASSERT_TRUE(found.reproduced);
  EXPECT_GT(found.moments.front().failed, 0U);
  EXPECT_LT(found.moments.front().failed, runs);
  EXPECT_EQ(found.moments.back().failed, runs);
  ASSERT_GT(found.decisive, 0U);
  for (std::size_t at = found.doomed; at < found.moments.size(); ++at)
    EXPECT_EQ(found.moments[at].failed, runs);
  EXPECT_LT(found.moments[found.doomed - 1].failed, runs);
}

TEST(blame, finds_the_largest_step) {
  const blamed found = blame(failing(), runs, 1);
  const auto risen = [&](std::size_t at) {
    return static_cast<int>(found.moments[at].failed) -
           static_cast<int>(found.moments[at - 1].failed);
  };
  for (std::size_t at = 1; at < found.moments.size(); ++at)
    EXPECT_LE(risen(at), risen(found.decisive));
}

TEST(blame, says_the_same_each_time) {
  const trace of = failing();
  const blamed one = blame(of, runs, 7);
  const blamed two = blame(of, runs, 7);
  ASSERT_EQ(one.moments.size(), two.moments.size());
  for (std::size_t at = 0; at < one.moments.size(); ++at)
    EXPECT_EQ(one.moments[at].failed, two.moments[at].failed);
}

TEST(blame, has_nothing_to_say_of_a_good_run) {
  scene wide = narrow();
  wide.blocks_max = 0;
  EXPECT_FALSE(blame(run_of(wide, 1), runs, 1).reproduced);
}

}  // namespace
}  // namespace dovetail::sim
