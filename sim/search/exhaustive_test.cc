#include "sim/search/exhaustive.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sim/net/network.h"
#include "sim/search/tape_chooser.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

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

void expect_the_same(const exploration& one, const exploration& other) {
  EXPECT_TRUE(one.complete);
  EXPECT_TRUE(other.complete);
  EXPECT_EQ(one.certificate, other.certificate);
  EXPECT_EQ(one.states, other.states);
  EXPECT_EQ(one.transitions, other.transitions);
  EXPECT_EQ(one.runs, other.runs);
  EXPECT_EQ(one.outcomes, other.outcomes);
  EXPECT_EQ(one.struck, other.struck);
}

// With all that can be kept and put back: deadlines, losses, a server that answers wrongly.
scene gets_with_faults() {
  scene of = gets(2, 2);
  of.timeout = std::chrono::milliseconds(100);
  of.faults_max = 1;
  for (const fault each : {fault::server_reset, fault::lateness, fault::surplus})
    of.budget[static_cast<std::size_t>(each)] = 1;
  return of;
}

TEST(exhaustive, a_world_that_is_put_back_is_the_one_that_came_there_from_the_start) {
  const scene of = gets_with_faults();
  const exploration kept = explore(of);
  const exploration replayed = explore(of, {.keeps_worlds = false});
  expect_the_same(kept, replayed);
  EXPECT_GT(kept.states, 3000U);
}

// What is too large to be kept is led there again.
TEST(exhaustive, worlds_that_are_too_large_are_followed_from_their_start) {
  scene of = gets(2, 1);
  const exploration small = explore(of);
  of.block_bytes = std::size_t{2} << 20;
  of.timeout = std::chrono::milliseconds(100);
  const exploration large = explore(of);
  expect_the_same(large, explore(of, {.keeps_worlds = false}));
  EXPECT_GE(large.states, small.states);
}

exploration explore_together(const scene& of,
                             const exploration_limits& limits,
                             const exploration_progress& progress = {}) {
  exhaustive_search search(of, limits, progress);
  {
    std::vector<std::jthread> threads;
    threads.reserve(limits.jobs);
    for (unsigned job = 0; job < limits.jobs; ++job)
      threads.emplace_back([&] { search.work(); });
  }
  return search.result();
}

TEST(exhaustive, threads_find_together_what_one_finds) {
  const scene of = gets_with_faults();
  expect_the_same(explore(of), explore_together(of, {.jobs = 3}));
}

TEST(exhaustive, threads_end_when_one_of_them_has_found_something_or_is_stopped) {
  const scene of = gets_with_faults();
  EXPECT_FALSE(explore_together(of, {.states = 2000, .jobs = 3}).complete);
  EXPECT_FALSE(explore_together(of, {.jobs = 3}, [](const auto&) { return false; }).complete);
  scene wrong = of;
  wrong.blocks_max = 1;  // fewer than there must be
  const exploration found = explore_together(wrong, {.jobs = 3});
  EXPECT_FALSE(found.found.good());
  tape_chooser again(found.path);
  world one(wrong, again);
  EXPECT_EQ(run(one).broken, found.found.broken);
}

// A state near the limit may have been met farther away from it: it counts again, or what follows
// there would be missed.
TEST(exhaustive, goes_as_far_as_it_is_told) {
  const scene of = gets_with_faults();
  const exploration all = explore(of);
  std::uint64_t before = 0;
  for (const std::size_t depth : {1U, 4U, 8U}) {
    const exploration near = explore(of, {.depth = depth});
    EXPECT_TRUE(near.complete);
    EXPECT_EQ(near.depth, depth);
    EXPECT_GT(near.outcomes, before);
    before = near.outcomes;
    expect_the_same(near, explore(of, {.depth = depth, .keeps_worlds = false}));
  }
  const exploration far = explore(of, {.depth = all.depth + 100});
  EXPECT_EQ(far.struck, all.struck);
  EXPECT_GE(far.states, all.states);
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
