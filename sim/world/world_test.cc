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

}  // namespace
}  // namespace dovetail::sim
