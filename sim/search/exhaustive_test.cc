#include "sim/search/exhaustive.h"

#include <gtest/gtest.h>

#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

scene gets(std::size_t clients, std::size_t requests) {
  scene of;
  of.stay = true;
  of.net.cuts = cutting::halves;
  of.clients.resize(clients);
  for (client_scene& each : of.clients)
    each.steps.assign(requests, step{});
  return of;
}

TEST(exhaustive, finds_the_six_orders_of_two_clients_with_two_requests) {
  const exploration all = explore(gets(2, 2));
  EXPECT_TRUE(all.found.good()) << name_of(all.found.broken) << ": " << all.found.text;
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.outcomes.size(), 6U);
}

}  // namespace
}  // namespace dovetail::sim
