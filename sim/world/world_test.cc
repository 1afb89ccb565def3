#include "sim/world/world.h"

#include <gtest/gtest.h>

#include "sim/net/choice.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

scene two_clients_three_gets() {
  scene of;
  of.clients.resize(2);
  for (client_scene& each : of.clients)
    each.steps.assign(3, step{});
  return of;
}

TEST(world, is_in_order_when_nothing_goes_wrong) {
  dull_chooser dull;
  world of(two_clients_three_gets(), dull);
  const verdict found = run(of);
  EXPECT_TRUE(found.good()) << name_of(found.broken) << ": " << found.text;
  EXPECT_EQ(of.court().clients()[0].replies, 3U);
  EXPECT_EQ(of.court().clients()[1].replies, 3U);
}

// Two requests of one length that leave one after the other: only their bytes differ.
TEST(world, tells_moments_apart_by_a_byte_that_is_on_its_way) {
  scene of;
  of.clients.push_back({.steps = {{.what = verb::get}}});
  scene other = of;
  other.clients[0].steps[0].what = verb::del;
  dull_chooser dull;
  const world one(of, dull);
  const world two(other, dull);
  EXPECT_NE(one.state(), two.state());
  EXPECT_EQ(one.state(), world(of, dull).state());
}

}  // namespace
}  // namespace dovetail::sim
