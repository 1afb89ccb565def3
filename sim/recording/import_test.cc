#include "sim/recording/import.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/print.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"
#include "sim/net/choice.h"
#include "sim/scenario/run.h"
#include "sim/search/random_chooser.h"
#include "sim/search/random_scene.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// What a simulated daemon would have left.
recording recorded(const scene& of, chooser& choices) {
  flight_log log(64U << 20);
  world subject(of, choices, &log);
  while (subject.step()) {
  }
  recording made;
  made.configuration = print_config(proxy_config_of(of));
  for (const std::string_view chunk : log.chunks())
    made.chunks.emplace_back(chunk);
  return made;
}

recording of_two_clients() {
  scene of;
  of.servers = 2;
  of.clients = {
      {.steps = {{.what = verb::get, .owners = {1}}, {.what = verb::gets, .owners = {0, 1}}}},
      {.steps = {{.what = verb::set, .owners = {0}}, {.what = verb::quit}}}};
  dull_chooser dull;
  return recorded(of, dull);
}

TEST(imported_recording, asks_the_same_of_the_same_servers_in_the_same_order) {
  const auto made = import_recording(of_two_clients());
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->clients, 2U);
  EXPECT_EQ(made->requests, 4U);
  EXPECT_EQ(made->left_out, 0U) << made->script;
  EXPECT_TRUE(made->found.good());
  EXPECT_THAT(
      made->script,
      AllOf(HasSubstr("servers: 2\n"), HasSubstr("  c0:\n    - get s1\n    - mget s0 s1\n"),
            HasSubstr("  c1:\n    - set s0\n    - quit\n"), HasSubstr("  - deliver c0 2 ")));
  EXPECT_TRUE(run_scenario_text(made->script, "x.yml").good);
}

TEST(imported_recording, is_a_scenario_that_holds_whatever_was_recorded) {
  std::size_t steps = 0;
  std::size_t left_out = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const scene of = random_scene(seed);
    random_chooser choices(seed);
    const auto made = import_recording(recorded(of, choices));
    if (!made) continue;  // nobody asked anything
    ASSERT_TRUE(made->found.good()) << made->found.text << "seed " << seed << "\n" << made->script;
    const auto again = run_scenario_text(made->script, "x.yml");
    ASSERT_TRUE(again.good) << "seed " << seed << ": " << again.text << "\n" << made->script;
    steps += made->steps;
    left_out += made->left_out;
  }
  EXPECT_GT(steps, 2000U);
  EXPECT_LT(left_out * 5, steps);
}

TEST(imported_recording, is_of_the_events_that_are_asked_for) {
  const recording all = of_two_clients();
  const auto none = import_recording(all, {.pool = {}, .from = 1, .until = 1});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("nobody asks pool"));
  EXPECT_FALSE(import_recording(all, {.pool = {}, .from = 1000}));
}

// What came with it asks servers that the old one may not know.
TEST(imported_recording, ends_where_another_configuration_took_over) {
  scene of;
  of.clients.push_back({.steps = {step{}, step{}}, .pause = std::chrono::milliseconds(50)});
  of.clients.front().window = 1;
  of.budget[static_cast<std::size_t>(fault::reload)] = 1;
  struct reloads_when_it_can final : chooser {
    std::size_t pick(std::span<const happening> possible) override {
      const auto its = std::ranges::find(possible, happening::kind::fault, &happening::what);
      const bool asked = ++picks_ > 4;
      return asked && its != possible.end() ? static_cast<std::size_t>(its - possible.begin()) : 0;
    }
    std::uint32_t choose(std::uint32_t, site) override { return 0; }
    int picks_ = 0;
  } choices;
  const recording all = recorded(of, choices);
  const auto made = import_recording(all);
  ASSERT_TRUE(made) << made.error();
  EXPECT_GT(made->reloaded, 0U);
  EXPECT_EQ(made->requests, 1U) << made->script;
  const auto later = import_recording(all, {.pool = {}, .from = made->reloaded + 1});
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error(), HasSubstr("with which another configuration took over"));
}

TEST(imported_recording, says_which_pools_there_are) {
  const auto none = import_recording(of_two_clients(), {.pool = "beta"});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("there is no pool beta: it has "));
}

}  // namespace
}  // namespace dovetail::sim
