#include "sim/search/sweep.h"

#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

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

// What one client is told of a server's state is nobody else's affair, whatever the state.
TEST(sweep, tells_clients_of_servers_in_each_state) {
  std::set<std::string> told;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    const scene of = scene_of(seed);
    const auto choices = chooser_of(seed, policy_of(seed));
    world in(of, *choices);
    in.court().keep_replies();
    ASSERT_TRUE(run(in).good()) << "seed " << seed;
    for (const judge::client_record& by : in.court().clients()) {
      for (const judge::request_record& each : by.requests)
        told.insert(each.reply.substr(0, each.reply.find_first_of(" \r")));
    }
  }
  for (const char* const state : {"-OOM", "-LOADING", "-BUSY", "-READONLY", "SERVER_ERROR"})
    EXPECT_TRUE(told.contains(state)) << state;
}

TEST(sweep, repeats_a_seed_to_the_last_byte) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    EXPECT_EQ(sweep_seed(seed).history, sweep_seed(seed).history) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dovetail::sim
