#include "sim/world/world.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

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

// Lets time go on to the first deadline as soon as there is one, wakes the clients, and has the
// proxy hear of everything else before it is woken. Until then no connection to a server is made.
class hears_late final : public chooser {
 public:
  std::size_t pick(std::span<const happening> possible) override {
    const auto first = std::ranges::min_element(possible, {}, [](const happening& each) {
      const bool of_proxy = each.whom == proxys_host;
      if (each.what == happening::kind::fault) return 0;
      if (each.what == happening::kind::wake) return of_proxy ? 3 : 1;
      return each.what == happening::kind::connected ? 4 : 2;
    });
    return static_cast<std::size_t>(first - possible.begin());
  }
  std::uint32_t choose(std::uint32_t, site) override { return 0; }

 private:
  static constexpr std::uint32_t proxys_host = 0;  // the first that a world makes
};

// Time is lost until the deadline of a client's second request. Another client is woken, the proxy
// is not yet: it hears of the third request, puts it behind the late one, and, woken at last, tells
// both that it took too long. The third was not late; lost time excuses that.
TEST(world, excuses_a_time_out_until_the_proxy_has_seen_what_time_it_is) {
  scene of;
  of.timeout = std::chrono::milliseconds(100);
  of.eager = false;
  of.preconnect = false;
  of.budget[static_cast<std::size_t>(fault::lateness)] = 1;
  of.clients.push_back({.steps = {{.what = verb::echo}, step{}, step{}}, .window = 2});
  of.clients.push_back({.steps = {}, .pause = std::chrono::milliseconds(50)});
  hears_late late;
  world of_one(of, late);
  const verdict found = run(of_one);
  EXPECT_TRUE(found.good()) << name_of(found.broken) << ": " << found.text;
  EXPECT_TRUE(of_one.court().clients()[0].requests[2].timed_out);
}

}  // namespace
}  // namespace dovetail::sim
