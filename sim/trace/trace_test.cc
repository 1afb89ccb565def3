#include "sim/trace/trace.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/trace/choice.h"
#include "sim/trace/play.h"
#include "sim/trace/shrink.h"
#include "sim/trace/simpler_scenes.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

class any_chooser final : public chooser {
 public:
  explicit any_chooser(std::uint64_t seed) : random_(seed) {}
  std::size_t pick(std::span<const happening> possible) override {
    return random_.below(static_cast<std::uint32_t>(possible.size()));
  }
  std::uint32_t choose(std::uint32_t n, site) override { return random_.below(n); }

 private:
  random_stream random_;
};

// Everything may happen.
scene wild() {
  scene of;
  of.servers = 2;
  of.timeout = std::chrono::milliseconds(50);
  of.net = {.cuts = cutting::anywhere, .batches = true, .leaps = true, .loses = true};
  of.clients.resize(3);
  for (client_scene& each : of.clients)
    each.steps = {{verb::get, {0}}, {verb::gets, {0, 1}}, {verb::set, {1}}, {verb::del, {0, 1}}};
  of.budget.fill(2);
  of.faults_max = 3;
  return of;
}

// A rule that is broken as soon as several messages are held at once.
scene narrow() {
  scene of = wild();
  of.blocks_max = 4;
  return of;
}

trace failing(std::uint64_t seed) {
  any_chooser by(seed);
  return trace_of(narrow(), by, "random seed " + std::to_string(seed));
}

TEST(trace, is_the_same_run_again) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    any_chooser by(seed);
    const played first = play(wild(), by);
    const played again = play(wild(), first.choices);
    ASSERT_EQ(again.history, first.history) << "seed " << seed;
    ASSERT_EQ(again.choices, first.choices);
  }
}

TEST(trace, reads_what_it_prints) {
  const trace written = failing(3);
  const auto read = parse_trace(print(written));
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(read->from, written.from);
  EXPECT_EQ(read->found, written.found);
  EXPECT_EQ(read->choices, written.choices);
  EXPECT_EQ(print(*read), print(written));
  EXPECT_EQ(play(read->of, read->choices).history, play(written.of, written.choices).history);
}

TEST(trace, is_told_choice_by_choice_while_it_is_made) {
  any_chooser by(7);
  std::string so_far = print_open({.from = "random seed 7", .of = wild(), .choices = {}});
  std::uint64_t last = 0;
  const trace made = trace_of(wild(), by, "random seed 7", [&](const choice& each, auto events) {
    so_far += print_line(each);
    EXPECT_GE(events, last);
    last = events;
  });
  const auto read = parse_trace(so_far);
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_GT(last, 10U);
  EXPECT_EQ(print_open({.from = made.from, .of = made.of, .choices = made.choices}), so_far);
}

TEST(trace, cut_short_is_a_run_that_ends_dully) {
  const trace whole = failing(5);
  for (std::size_t size = 0; size < whole.choices.size(); ++size) {
    const std::span<const choice> some(whole.choices.data(), size);
    const played cut = play(whole.of, some);
    for (std::size_t at = size; at < cut.choices.size(); ++at)
      ASSERT_TRUE(cut.choices[at].dull) << to_text(cut.choices[at]);
  }
}

TEST(trace, passes_over_what_cannot_happen) {
  std::uint64_t seed = 6;
  trace whole = failing(seed);
  while (whole.found == oracle::none && seed < 100)
    whole = failing(++seed);
  ASSERT_NE(whole.found, oracle::none);
  std::vector<choice> choices = whole.choices;
  choice never;
  never.event = {.what = happening::kind::readable,
                 .is = named_happening::whom::to_client,
                 .number = 77,
                 .nth = 1};
  for (std::size_t at = choices.size(); at-- > 0;) {
    if (choices[at].picks) choices.insert(choices.begin() + static_cast<std::ptrdiff_t>(at), never);
  }
  EXPECT_EQ(play(whole.of, choices).found.broken, whole.found);
}

TEST(trace, says_which_line_is_wrong_and_why) {
  const std::string head =
      "dovetail-sim trace 1\nscene:\n  clients:\n    - requests: [\"get s0\"]\n";
  const auto why = [](const std::string& text) { return parse_trace(text).error(); };
  EXPECT_EQ(why(""), "line 0: 'dovetail-sim trace 1' expected");
  EXPECT_EQ(why("dovetail-sim trace 1\n"), "the trace has no scene");
  EXPECT_EQ(why(head + "choices:\n    jump proxy\n"),
            "line 6: a happening or 'choose' expected, not 'jump'");
  EXPECT_EQ(why(head + "choices:\n    turn_end\n"),
            "line 6: proxy, servers, clients, client N or server N expected, not nothing");
  EXPECT_EQ(why(head + "choices:\n    accept client 1\n"),
            "line 6: a connection such as #1 expected, not nothing");
  EXPECT_EQ(why(head + "choices:\n    fault flood\n"),
            "line 6: the name of a fault expected, not 'flood'");
  EXPECT_EQ(why(head + "choices:\n    choose read_size many\n"),
            "line 6: a number expected after read_size");
  EXPECT_TRUE(why(head + "  lanes: many\n").starts_with("line 5: lanes: "))
      << why(head + "  lanes: many\n");
  EXPECT_EQ(why(head + "found: O99\n"), "line 5: unknown oracle 'O99'");
  EXPECT_EQ(why(head + "sum: 12\n").substr(0, 34), "line 5: the lines above have the s");
}

TEST(shrinking, keeps_the_rule_and_little_else) {
  unsigned found = 0;
  std::vector<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const trace whole = failing(seed);
    if (whole.found != oracle::bounded) continue;
    ++found;
    const shrunk least = shrink(whole);
    ASSERT_TRUE(least.reproduced);
    ASSERT_EQ(least.smallest.found, whole.found);
    ASSERT_LE(deviations(least.smallest.choices), deviations(whole.choices));
    ASSERT_EQ(play(least.smallest.of, least.smallest.choices).found.broken, whole.found);
    sizes.push_back(deviations(least.smallest.choices));
  }
  EXPECT_GT(found, 5U);
  std::ranges::sort(sizes);
  EXPECT_LE(sizes[sizes.size() / 2], 8U);
}

TEST(shrinking, leaves_out_faults_that_others_are_numbered_behind) {
  dull_chooser dull;
  scene of;
  of.clients.resize(1);
  of.clients[0].steps.resize(1);
  of.budget[static_cast<std::size_t>(fault::error_reply)] = 1;
  of.budget[static_cast<std::size_t>(fault::surplus)] = 1;
  trace whole = trace_of(of, dull, "a test");
  for (choice& each : whole.choices) {
    if (each.picks || each.about != site::behaviour) continue;
    each.number = 2;
    each.dull = false;
  }
  const std::vector<simpler> less = simpler_scenes(whole.of, whole.choices);
  const auto is_dull_pick = [](const choice& each) { return each.picks && each.dull; };
  EXPECT_TRUE(std::ranges::any_of(less, [&](const simpler& each) {
    return std::ranges::none_of(each.choices, is_dull_pick) && !each.choices.empty();
  }));
  EXPECT_TRUE(std::ranges::any_of(less, [](const auto& each) {
    const bool alone = each.of.budget[static_cast<std::size_t>(fault::error_reply)] == 0;
    return alone && std::ranges::any_of(each.choices, [](const choice& its) {
             return !its.picks && its.about == site::behaviour && its.number == 1;
           });
  }));
}

TEST(shrinking, leaves_alone_what_breaks_nothing) {
  dull_chooser dull;
  scene of;
  of.clients.resize(1);
  of.clients[0].steps.resize(2);
  const trace good = trace_of(of, dull, "dull");
  const shrunk same = shrink(good);
  EXPECT_FALSE(same.reproduced);
  EXPECT_EQ(print(same.smallest), print(good));
}

}  // namespace
}  // namespace dovetail::sim
