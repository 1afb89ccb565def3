#include "sim/scenario/scenario.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "config/config_error.h"
#include "sim/scenario/run.h"
#include "sim/search/exhaustive.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view one_get =
    "kind: script\n"
    "clients: {a: [get s0]}\n";

std::string outcome_of(const std::string& rest) {
  const auto result = run_scenario_text(std::string(one_get) + rest, "x.yml");
  return result.good ? "good" : result.text;
}

TEST(scenario, says_when_things_are_as_expected) {
  EXPECT_EQ(outcome_of("steps: [deliver a, deliver s0]\nexpect: {a: value, kept: s0}\n"), "good");
}

TEST(scenario, says_what_was_answered_instead) {
  EXPECT_EQ(
      outcome_of("steps: [deliver a, deliver s0]\nexpect: {a: none}\n"),
      "x.yml:4: request 0 of a was answered with \"$13\\r\\nzc0r0k0.0.0.0\\r\\n\", not \"none\"");
}

TEST(scenario, fails_where_a_step_finds_nothing_to_do) {
  EXPECT_EQ(outcome_of("steps:\n  - deliver s0\n"), "x.yml:4: there is nothing from s0");
  EXPECT_EQ(outcome_of("steps:\n  - deliver a 1000\n"),
            "x.yml:4: of 1000 bytes from a, 974 were not there or not read");
  EXPECT_EQ(outcome_of("steps:\n  - timer\n"), "x.yml:4: the proxy waits for no deadline");
}

TEST(scenario, delivers_whole_messages) {
  constexpr std::string_view two =
      "kind: script\nservers: 2\n"
      "clients: {a: [get s0, get s1, get s0]}\n"
      "steps:\n";
  const auto outcome = [&](std::string_view steps) {
    const auto result = run_scenario_text(std::string(two) + std::string(steps), "x.yml");
    return result.good ? "good" : result.text;
  };
  EXPECT_EQ(outcome("  - deliver a 1 message\n"
                    "  - now: {s0: {awaiting: 1}, s1: {awaiting: 0}}\n"
                    "  - deliver a 2 messages\n"
                    "  - now: {s0: {awaiting: 2}, s1: {awaiting: 1}}\n"
                    "  - deliver s0 1 message\n"
                    "  - now: {s0: {awaiting: 1}, s1: {awaiting: 1}, a: {replies: 1}}\n"),
            "good");
  EXPECT_EQ(outcome("  - deliver a 10\n  - deliver a 2 messages\n"
                    "  - now: {s0: {awaiting: 1}, s1: {awaiting: 1}}\n"),
            "good")
      << "the rest of one that was begun is one";
  EXPECT_EQ(outcome("  - s0: truncate\n  - deliver a\n  - deliver s0 1 message\n"),
            "x.yml:7: of 1 messages from s0, 1 were not there or not read");
  EXPECT_EQ(outcome("  - deliver a 4 messages\n"),
            "x.yml:5: of 4 messages from a, 1 were not there or not read");
  EXPECT_EQ(outcome("  - deliver a messages\n"),
            "x.yml:5:5: key \"steps\": \"messages\" is not a number of bytes");
  EXPECT_EQ(outcome("  - deliver a 2 halves\n"),
            "x.yml:5:5: key \"steps\": \"halves\" says nothing here");
}

// From there on the script says nothing any more: not what is delivered, not what is expected.
TEST(scenario, goes_on_in_every_way_from_an_event_of_a_script) {
  const auto script = parse_scenario(
      "kind: script\nservers: 2\ntimeout: 400ms\n"
      "faults: {server_reset: 1}\n"
      "clients: {a: [get s0, mget s0 s1], b: [get s1], c: [get s0]}\n"
      "steps: [deliver a, deliver b, deliver s0, advance 100ms, connect c, deliver c]\n",
      "x.yml");
  ASSERT_TRUE(script) << to_string(script.error().front());
  std::uint64_t outcomes = ~std::uint64_t{0};
  for (const std::uint64_t event : {0U, 12U, 19U}) {
    const auto begin = beginner_of(*script, event);
    ASSERT_TRUE(begin) << begin.error();
    const exploration all = explore(*begin);
    EXPECT_TRUE(all.found.good()) << describe(all.found);
    EXPECT_TRUE(all.complete);
    EXPECT_LT(all.outcomes, outcomes) << "the later, the less can happen";
    outcomes = all.outcomes;
    EXPECT_EQ(all.certificate, explore(*begin, {.keeps_worlds = false}).certificate);
  }
}

// The proxy looks every second whether it keeps too much memory.
TEST(scenario, explores_nothing_where_no_run_comes_to_an_end) {
  const auto result = run_scenario_text(
      "kind: explore\nservers: 1\nblock_bytes: 1048576\nwith_faults: none\n"
      "clients: {a: [get s0], b: [get s0]}\n",
      "x.yml");
  EXPECT_FALSE(result.good);
  EXPECT_NE(result.text.find("no run comes to an end"), std::string::npos) << result.text;
}

TEST(scenario, goes_on_from_no_event_that_its_steps_do_not_reach) {
  const auto script = parse_scenario(std::string(one_get) + "steps: [deliver s0]\n", "x.yml");
  ASSERT_TRUE(script);
  const auto begin = beginner_of(*script, 100);
  ASSERT_FALSE(begin);
  EXPECT_EQ(begin.error(), "x.yml:3: there is nothing from s0");
  const auto shorter = parse_scenario(std::string(one_get) + "steps: [deliver a]\n", "x.yml");
  ASSERT_TRUE(shorter);
  ASSERT_FALSE(beginner_of(*shorter, 100));
  EXPECT_EQ(beginner_of(*shorter, 100).error(), "its steps end at event 6");
}

TEST(scenario, fails_where_no_request_comes_for_what_a_server_is_to_do) {
  EXPECT_EQ(outcome_of("steps:\n  - s0: twice\n  - deliver a\n"), "good");
  EXPECT_EQ(outcome_of("steps:\n  - deliver a\n  - deliver s0\n  - s0: twice\n"),
            "x.yml:6: no request came for what s0 is to do here");
  EXPECT_EQ(outcome_of("steps:\n  - race: [deliver a, {s0: omit}]\n  - reset s0\n"), "good");
}

TEST(scenario, looks_at_what_the_proxy_holds) {
  EXPECT_EQ(outcome_of("steps:\n  - deliver a\n  - now: {s0: {awaiting: 2}}\n"),
            "x.yml:5: awaiting of s0: 1, not 2");
}

TEST(scenario, runs_every_order_of_a_race) {
  const auto result = run_scenario_text(
      "kind: script\n"
      "clients: {a: [get s0], b: [get s0]}\n"
      "steps:\n"
      "  - race: [[deliver a, resume a], deliver b, advance 1ms]\n",
      "x.yml");
  EXPECT_TRUE(result.good) << result.text;
  EXPECT_EQ(result.runs, 12U);
}

std::string reason_against(std::string_view text) {
  const auto read = parse_scenario(text, "x.yml");
  return read ? "none" : to_string(read.error().front());
}

TEST(scenario, refuses_races_with_more_orders_than_anybody_waits_for) {
  const std::string start = "kind: script\nclients: {a: [get s0]}\nsteps:\n";
  const std::string six = "  - race: [timer, timer, timer, timer, timer, timer]\n";
  EXPECT_EQ(reason_against(start + six), "none");
  EXPECT_EQ(
      reason_against(start + six + six),
      "x.yml:5:5: key \"steps\": with this race there are 518400 orders to play, and 20000 at "
      "most");
  EXPECT_EQ(reason_against(start + "  - race: [timer, timer, timer, timer, timer, timer, timer, "
                                   "timer, timer, timer, timer]\n"),
            "x.yml:4:5: key \"steps\": with this race there are 39916800 orders to play, and 20000 "
            "at most");
}

TEST(scenario, draws_from_nothing_that_a_scene_may_not_be) {
  const auto of = [](const std::string& rest) { return reason_against("kind: swarm\n" + rest); };
  EXPECT_EQ(of("seeds: 0\n"),
            R"(x.yml:2:8: key "seeds": "0" is not a number from 1 to 1000000000)");
  EXPECT_EQ(of("lanes: [1, 0]\n"), R"(x.yml:2:12: key "lanes": "0" is not a number from 1 to 64)");
  EXPECT_EQ(of("servers: 0..3\n"),
            R"(x.yml:2:10: key "servers": "0..3" is not a range such as 1..4, within 1..16)");
  EXPECT_EQ(of("weights: {set: 1, get: 4000000000}\n"),
            R"(x.yml:2:24: key "get": "4000000000" is not a number from 0 to 1000000)");
}

TEST(scenario, says_when_something_happened_in_no_order_or_in_one_too_many) {
  const std::string race =
      "timeout: 1ms\nsteps:\n  - deliver a\n  - race: [deliver s0, advance 1ms]\n";
  EXPECT_EQ(outcome_of(race + "sometimes: [{a: error}, {a: value}]\n"), "good");
  EXPECT_EQ(outcome_of(race + "sometimes: [{a: error}, {a: none}]\n"),
            "x.yml:7: this happened in no order");
  EXPECT_EQ(outcome_of(race + "never: {a: error}\n"),
            "x.yml:7: this is what must not happen (in order 1 of the races)");
}

TEST(scenario, draws_the_same_scene_for_the_same_seed) {
  const auto read = parse_scenario("kind: swarm\nclients: 1..4\nfaults: {of_all: 0..3}\n", "x.yml");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(drawn_by(*read, 7), drawn_by(*read, 7));
  EXPECT_NE(drawn_by(*read, 7), drawn_by(*read, 8));
}

struct mistake {
  std::string_view text;
  std::string_view said;
};

class wrong_scenario : public ::testing::TestWithParam<mistake> {};

TEST_P(wrong_scenario, is_refused_with_line_key_and_reason) {
  const auto result =
      run_scenario_text(std::string(one_get) + std::string(GetParam().text), "x.yml");
  EXPECT_FALSE(result.good);
  EXPECT_EQ(result.text.substr(0, result.text.find('\n')), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    scenario,
    wrong_scenario,
    ::testing::Values(
        mistake{"steps:\n  - delivr a\n",
                R"(x.yml:4:5: key "steps": "delivr" is not known; did you mean "deliver"?)"},
        mistake{"steps:\n  - deliver c\n",
                R"(x.yml:4:5: key "steps": "c" is no client and no server of this scenario)"},
        mistake{"steps:\n  - stall a\n",
                R"(x.yml:4:5: key "steps": "a" is no server of this scenario)"},
        mistake{"steps:\n  - advance soon\n",
                R"(x.yml:4:5: key "steps": "soon" is not a time such as 3us, 400ms or 1s)"},
        mistake{"steps:\n  - s0: omitt\n",
                R"(x.yml:4:9: key "s0": "omitt" is not known; did you mean "omit"?)"},
        mistake{"steps:\n  - s0: [{hang_up: x}]\n",
                R"(x.yml:4:11: key "hang_up": takes no words of its own; unasked, says, error and )"
                "nonsense do"},
        mistake{"steps:\n  - s0: {twice: x}\n",
                R"(x.yml:4:10: key "twice": takes no words of its own; unasked, says, error and )"
                "nonsense do"},
        mistake{"steps:\n  - s0: says\n", R"(x.yml:4:9: key "s0": what is said? {says: "…"})"},
        mistake{"steps:\n  - s0: {hangup: x}\n",
                R"(x.yml:4:10: key "hangup": "hangup" is not known; did you mean "hang_up"?)"},
        mistake{"expect: {a: [value, value]}\n",
                R"(x.yml:3:13: key "a": there are 1 requests and 2 outcomes)"},
        mistake{"expect: {kept: a}\n",
                R"(x.yml:3:16: key "kept": "a" is no server of this scenario)"},
        mistake{"clients: {a: [get s0]}\n", R"(x.yml:3:1: key "clients": is there twice)"},
        mistake{"step:\n  - deliver a\n",
                R"(x.yml:3:1: key "step": "step" is not known; did you mean "steps"?)"}));

TEST(scenario, takes_a_client_once) {
  EXPECT_EQ(reason_against("kind: script\nclients:\n  a: [get s0]\n  a: [set s0]\n"),
            R"(x.yml:4:3: key "a": is there twice)");
}

TEST(scenario, says_that_a_kind_is_missing) {
  EXPECT_EQ(reason_against("clients: {a: [get s0]}\nsteps: [deliver a]\n"),
            R"(x.yml:2:1: key "steps": only a script has this: add "kind: script")");
  EXPECT_EQ(reason_against("clients: {a: [get s0]}\n"),
            R"(x.yml:1:1: key "clients": have names, and those of a plain scene are a list: add )"
            R"("kind: script", or explore)");
}

}  // namespace
}  // namespace dovetail::sim
