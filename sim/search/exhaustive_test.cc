#include "sim/search/exhaustive.h"

#include <chrono>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "sim/net/network.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

scene gets(std::size_t clients, std::size_t requests) {
  scene of;
  of.stay = true;
  of.net.cuts = cutting::pieces;
  of.clients.resize(clients);
  for (client_scene& each : of.clients)
    each.steps.assign(requests, step{});
  return of;
}

// More would mean that something else than the order of requests at the server tells runs apart:
// that connections are coupled which should not be.
TEST(exhaustive, two_clients_with_three_requests_have_twenty_outcomes) {
  scene of = gets(2, 3);
  of.orders_count = true;
  const exploration all = explore(of);
  EXPECT_TRUE(all.found.good()) << name_of(all.found.broken) << ": " << all.found.text;
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.outcomes, 20U);
}

// Whether a turn goes on is part of where a run is: else it would seem to have been there before.
TEST(exhaustive, events_may_share_a_turn_in_every_way) {
  scene of = gets(2, 1);
  of.orders_count = true;
  const exploration apart = explore(of);
  of.net.batches = true;
  const exploration together = explore(of);
  EXPECT_TRUE(together.found.good()) << together.found.text;
  EXPECT_TRUE(together.complete);
  EXPECT_EQ(together.outcomes, apart.outcomes);
  EXPECT_GT(together.states, 2 * apart.states);
}

// A run that is given up where another one has been before makes no choices any more.
TEST(exhaustive, what_a_reset_may_destroy_is_searched_to_the_end) {
  scene of = gets(1, 2);
  of.clients[0].steps.insert(of.clients[0].steps.begin() + 1, step{.what = verb::quit});
  of.eager = false;
  of.net.loses = true;
  const exploration all = explore(of);
  EXPECT_TRUE(all.found.good()) << all.found.text;
  EXPECT_TRUE(all.complete);
}

TEST(exhaustive, says_which_faults_ever_struck) {
  scene of = gets(1, 1);
  of.timeout = std::chrono::milliseconds(100);
  const auto struck = [&](fault what) {
    of.budget = {};
    of.budget[static_cast<std::size_t>(what)] = 1;
    return explore(of).struck[static_cast<std::size_t>(what)];
  };
  EXPECT_TRUE(struck(fault::client_reset));
  EXPECT_TRUE(struck(fault::error_reply));
  EXPECT_FALSE(struck(fault::wrong_key)) << "one key of redis: its name is not in the reply";
}

class each_fault : public ::testing::TestWithParam<std::size_t> {};

TEST_P(each_fault, leaves_two_clients_with_their_own_replies) {
  scene of = gets(2, 2);
  of.timeout = std::chrono::milliseconds(100);
  of.budget[GetParam()] = 1;
  const exploration all = explore(of);
  EXPECT_TRUE(all.found.good()) << name_of(all.found.broken) << ": " << all.found.text;
  EXPECT_TRUE(all.complete);
}

INSTANTIATE_TEST_SUITE_P(exhaustive,
                         each_fault,
                         ::testing::Range<std::size_t>(0, faults),
                         [](const auto& of) {
                           return std::string(name_of(static_cast<fault>(of.param)));
                         });

}  // namespace
}  // namespace dovetail::sim
