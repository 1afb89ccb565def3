// The program itself, on simulated worlds.

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/testing/process.h"

namespace dovetail::sim {
namespace {

using testing::process;

const std::string program = DOVETAIL_BIN "/dovetail-sim";

struct ended {
  int code = 0;
  std::string output;
};

ended run(std::vector<std::string> words) {
  words.insert(words.begin(), program);
  process running(std::move(words));
  std::string output;
  for (std::string line = running.read_line(); !line.empty(); line = running.read_line())
    output += line + '\n';
  return {.code = running.wait(), .output = std::move(output)};
}

std::string text_of(const std::string& path) {
  std::ifstream from(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

// A directory of this test's own, with a scene that breaks a rule in most runs, and one that breaks
// none: it may hold only so many blocks.
class simulation : public ::testing::Test {
 protected:
  simulation() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    write("calm.yml", "clients:\n  - requests: [\"get s0\"]\n  - requests: [\"get s0\"]\n");
    write("narrow.yml",
          "servers: 2\nblocks_max: 3\nnet: {cuts: halves}\nclients:\n"
          "  - requests: [\"get s0\", \"mget s0 s1\", \"set s1\"]\n"
          "  - requests: [\"get s0\", \"mget s0 s1\", \"set s1\"]\n");
  }
  ~simulation() override { std::filesystem::remove_all(directory_); }

  std::string at(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(at(name), std::ios::binary) << text;
  }

  // The file of a failing run whose name ends so.
  std::string left(const std::string& suffix) const {
    for (const auto& each : std::filesystem::directory_iterator(at("out"))) {
      if (each.path().string().ends_with(suffix)) return each.path().string();
    }
    return {};
  }

  const std::string directory_ = ::testing::TempDir() + "dovetail-sim-" +
                                 ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(simulation, runs_a_scene_with_many_seeds) {
  const ended done = run({"run", at("calm.yml"), "--seeds", "50", "--jobs", "2"});
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_NE(done.output.find("calm: 50 seeds from 1"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("all rules hold"), std::string::npos) << done.output;
}

TEST_F(simulation, a_failing_run_leaves_its_trace_its_smallest_form_and_its_picture) {
  const ended done = run({"run", at("narrow.yml"), "--seeds", "50", "--out", at("out")});
  EXPECT_EQ(done.code, 3) << done.output;
  EXPECT_NE(done.output.find("dovetail-sim replay " + at("out")), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("# O22 bounded resources at event "), std::string::npos);
  EXPECT_TRUE(text_of(left(".min.trace")).starts_with("dovetail-sim trace 1\n"));
  EXPECT_TRUE(text_of(left(".html")).ends_with("</html>\n"));

  const ended again = run({"replay", left(".min.trace")});
  EXPECT_EQ(again.code, 3);
  EXPECT_NE(again.output.find("event"), std::string::npos) << again.output;
}

TEST_F(simulation, a_run_that_breaks_no_rule_is_written_down_when_asked_for) {
  const ended done = run({"run", at("calm.yml"), "--seed", "7", "--trace", at("calm.trace")});
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_NE(
      done.output.find("calm: seed 7: all rules hold\ndovetail-sim replay " + at("calm.trace\n")),
      std::string::npos)
      << done.output;
  EXPECT_TRUE(text_of(at("calm.trace")).starts_with("dovetail-sim trace 1\n"));
  EXPECT_NE(text_of(at("calm.trace")).find("--seed 7 --seeds 1\n"), std::string::npos);
  EXPECT_EQ(run({"replay", at("calm.trace")}).code, 0);

  EXPECT_EQ(run({"run", at("calm.yml"), "--seeds", "2", "--trace", at("x")}).code, 1);
  EXPECT_EQ(run({"run", at("calm.yml"), at("narrow.yml"), "--trace", at("x")}).code, 1);
  write("script.yml", "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\n");
  EXPECT_EQ(run({"run", at("script.yml"), "--trace", at("x")}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(at("x")));
}

// As sim/README.md shows it.
TEST_F(simulation, a_scene_of_four_lines_fails_on_purpose_and_can_be_followed) {
  write("narrow.yml",
        "servers: 2\nblocks_max: 1\nnet: {cuts: halves}\n"
        "clients: [{requests: [mget s0 s1]}, {requests: [get s0]}]\n");
  const ended done = run({"run", at("narrow.yml"), "--trace", at("narrow.trace")});
  EXPECT_EQ(done.code, 3);
  EXPECT_NE(done.output.find("narrow: seed 1: O22 bounded resources\n"), std::string::npos)
      << done.output;
  EXPECT_EQ(run({"replay", at("narrow.trace")}).code, 3);
  EXPECT_EQ(run({"shrink", at("narrow.trace")}).code, 0);
  EXPECT_EQ(run({"view", at("narrow.min.trace"), "--format", "html", "-o", at("a.html")}).code, 0);
}

TEST_F(simulation, nothing_is_played_where_nobody_asks_anything) {
  write("empty.yml", "servers: 1\n");
  write("script.yml", "kind: script\nsteps: [timer]\n");
  for (const std::string file : {"empty.yml", "script.yml"}) {
    const ended done = run({"run", at(file)});
    EXPECT_EQ(done.code, 1);
    EXPECT_NE(done.output.find("has no clients: nothing would happen"), std::string::npos)
        << done.output;
  }
}

TEST_F(simulation, the_lowest_failing_seed_is_told_whatever_the_threads_do) {
  const ended one = run({"run", at("narrow.yml"), "--jobs", "1", "--out", at("out"), "--json"});
  const ended four = run({"run", at("narrow.yml"), "--jobs", "4", "--out", at("out"), "--json"});
  const auto seed = [](const ended& of) {
    const std::size_t from = of.output.find("\"seed\":");
    return of.output.substr(from, of.output.find(',', from) - from);
  };
  EXPECT_NE(seed(one), "") << one.output;
  EXPECT_EQ(seed(one), seed(four));
}

TEST_F(simulation, shrinks_and_draws_a_trace) {
  run({"run", at("narrow.yml"), "--out", at("out")});
  const std::string trace = left("1.trace").empty() ? left(".trace") : left("1.trace");
  const ended shrunk = run({"shrink", trace, "-o", at("small.trace"), "--json"});
  EXPECT_EQ(shrunk.code, 0) << shrunk.output;
  EXPECT_NE(shrunk.output.find("\"rule\":\"O22 bounded resources\""), std::string::npos);
  EXPECT_LE(std::filesystem::file_size(at("small.trace")), std::filesystem::file_size(trace));

  const ended drawn = run({"view", at("small.trace"), "--format", "html", "-o", at("a.html")});
  EXPECT_EQ(drawn.code, 0) << drawn.output;
  EXPECT_NE(text_of(at("a.html")).find("O22 bounded resources"), std::string::npos);
  const ended json = run({"view", at("small.trace"), "--json"});
  EXPECT_TRUE(json.output.starts_with("{\"from\":")) << json.output;
}

TEST_F(simulation, blames_a_choice_of_a_trace) {
  run({"run", at("narrow.yml"), "--out", at("out")});
  const std::string trace = left("1.trace").empty() ? left(".trace") : left("1.trace");
  const ended listed = run({"blame", trace, "--runs", "20", "-o", at("blame.svg")});
  EXPECT_EQ(listed.code, 0) << listed.output;
  EXPECT_NE(listed.output.find(" decides most, "), std::string::npos) << listed.output;
  EXPECT_TRUE(text_of(at("blame.svg")).starts_with("<svg "));
  const ended json = run({"blame", trace, "--runs", "20", "--json"});
  EXPECT_TRUE(json.output.starts_with("{\"runs\":20,\"moments\":[{\"event\":0,")) << json.output;
}

TEST_F(simulation, explores_every_run_of_a_scene) {
  const ended done = run({"explore", at("calm.yml"), "--certificate", at("calm.json")});
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_NE(done.output.find("complete, all rules hold"), std::string::npos) << done.output;
  EXPECT_NE(text_of(at("calm.json")).find("\"complete\":true"), std::string::npos);

  const ended broken = run({"explore", at("narrow.yml"), "--out", at("out")});
  EXPECT_EQ(broken.code, 3) << broken.output;
  EXPECT_NE(broken.output.find("as in the scene: breaks O22 bounded resources\n"),
            std::string::npos)
      << broken.output;
  EXPECT_EQ(run({"replay", at("out/narrow.trace")}).code, 3);

  EXPECT_EQ(run({"explore", at("calm.yml"), "--states", "3"}).code, 8);
}

TEST_F(simulation, runs_scenarios_of_every_kind) {
  write("script.yml",
        "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\nexpect: {a: value}\n");
  write("swarm.yml", "kind: swarm\nseeds: 20\nclients: 1..2\n");
  write("explore.yml",
        "kind: explore\nclients: {a: [get s0]}\nwith_faults: each_single\n"
        "of_faults: [client_reset, server_reset]\n");
  const ended done = run({"run", at("script.yml"), at("swarm.yml"), at("explore.yml")});
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_NE(done.output.find("script: 1 order, "), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("swarm: 20 seeds from 1"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("client_reset "), std::string::npos) << done.output;

  const ended one = run({"explore", at("explore.yml"), "--jobs", "1", "--json"});
  const ended two = run({"explore", at("explore.yml"), "--jobs", "2", "--json"});
  EXPECT_EQ(one.code, 0) << one.output;
  const auto certificate = [](const ended& of) {
    return of.output.substr(of.output.find("\"certificate\":"), 50);
  };
  EXPECT_EQ(certificate(one), certificate(two));
}

TEST_F(simulation, a_script_that_is_not_fulfilled_says_where_and_leaves_its_picture) {
  write("script.yml",
        "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\nexpect: {a: error}\n");
  const ended done = run({"run", at("script.yml"), "--out", at("out")});
  EXPECT_EQ(done.code, 3) << done.output;
  EXPECT_NE(done.output.find("script.yml:4: request 0 of a"), std::string::npos) << done.output;
  const std::string page = text_of(at("out/script.html"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_NE(page.find("script.yml:4: request 0 of a"), std::string::npos);
  EXPECT_EQ(run({"view", at("script.yml"), "--order", "0", "-o", at("drawn")}).code, 0);
  const std::string drawn = text_of(at("drawn"));
  EXPECT_NE(drawn.find("not as expected: " + at("script.yml:4: request 0 of a")), std::string::npos)
      << drawn;
  EXPECT_EQ(run({"view", at("script.yml"), "--order", "1"}).code, 1);
}

TEST_F(simulation, the_doctor_finds_the_same_hash_in_two_processes) {
  const ended first = run({"doctor", "--seeds", "40", "--hash"});
  const ended second = run({"doctor", "--seeds", "40", "--hash"});
  EXPECT_EQ(first.code, 0) << first.output;
  EXPECT_EQ(first.output.size(), 33U) << first.output;
  EXPECT_EQ(first.output, second.output);
  EXPECT_NE(run({"doctor", "--seeds", "40", "--seed", "2", "--hash"}).output, first.output);
}

TEST_F(simulation, measures_its_speed_and_may_ask_for_more) {
  const ended done = run({"bench", "--seeds", "200", "--json"});
  EXPECT_NE(done.output.find("\"seeds_per_second\":"), std::string::npos) << done.output;
  EXPECT_EQ(run({"bench", "--seeds", "20", "--at-least", "1e12"}).code, 8);
}

TEST_F(simulation, runs_every_scenario_of_a_folder) {
  write("b.yml", "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\nexpect: {a: value}\n");
  std::filesystem::create_directories(at("empty"));
  const ended done = run({"run", directory_, "--seeds", "5", "--out", at("out")});
  EXPECT_NE(done.output.find("b: 1 order, "), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("3 files, "), std::string::npos) << done.output;

  const ended none = run({"run", at("empty")});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.output.find("empty: is a folder without a scenario"), std::string::npos)
      << none.output;
}

TEST_F(simulation, gives_no_line_for_a_trace_that_it_could_not_write) {
  const ended done = run({"run", at("narrow.yml"), "--seeds", "50", "--out", at("calm.yml/no")});
  EXPECT_EQ(done.code, 3) << done.output;
  EXPECT_EQ(done.output.find("dovetail-sim replay"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("dovetail-sim run " + at("narrow.yml") + " --policy random --seed "),
            std::string::npos)
      << done.output;
  EXPECT_NE(done.output.find("no picture could be left"), std::string::npos) << done.output;
}

TEST_F(simulation, a_crash_names_what_ran_and_has_its_own_exit_code) {
  process running({program, "run", at("calm.yml"), "--time", "60"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  running.signal(SIGABRT);
  const std::string line = running.read_line();
  EXPECT_TRUE(line.starts_with("dovetail-sim run " + at("calm.yml"))) << line;
  EXPECT_NE(line.find("# crashed: a promise was broken"), std::string::npos) << line;
  EXPECT_EQ(running.wait(), 2);
}

TEST_F(simulation, a_crash_leaves_the_choices_that_led_to_it) {
  std::string requests = "requests: [get s0";
  for (int each = 1; each < 250; ++each)
    requests += ", get s0";
  std::string clients = "clients:\n";
  for (int each = 0; each < 40; ++each)
    clients += "  - {" + requests + "]}\n";
  write("long.yml", "net: {cuts: halves}\n" + clients);
  process running({program, "run", at("long.yml"), "--trace", at("so.far")});
  while (text_of(at("so.far")).find("choices:\n  ") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  running.signal(SIGABRT);
  const std::string line = running.read_line();
  EXPECT_TRUE(line.starts_with("dovetail-sim view " + at("so.far") + " --until ")) << line;
  EXPECT_NE(line.find("# crashed: a promise was broken"), std::string::npos) << line;
  EXPECT_EQ(running.wait(), 2);
  const ended drawn = run({"view", at("so.far"), "--until", "3"});
  EXPECT_EQ(drawn.code, 0) << drawn.output;
  EXPECT_NE(drawn.output.find("event"), std::string::npos) << drawn.output;
}

TEST_F(simulation, a_crash_prints_json_where_json_was_asked_for) {
  process running({program, "sweep", "--time", "60", "--json"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  running.signal(SIGABRT);
  const std::string line = running.read_line();
  EXPECT_TRUE(line.starts_with(R"({"crashed":"a promise was broken","line":"dovetail-sim sweep)"))
      << line;
  EXPECT_TRUE(line.ends_with("\"}")) << line;
  EXPECT_EQ(running.wait(), 2);
}

TEST_F(simulation, says_in_the_end_which_files_failed_and_keeps_their_pictures_apart) {
  for (const std::string folder : {"one", "two"}) {
    std::filesystem::create_directories(at("all/" + folder));
    write("all/" + folder + "/x.yml",
          "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\nexpect: {a: error}\n");
  }
  write("all/y.yml", "kind: script\nclients: {a: [get s0]}\nsteps: [deliver a]\n");
  const ended done = run({"run", at("all"), "--out", at("out")});
  EXPECT_EQ(done.code, 3) << done.output;
  EXPECT_TRUE(done.output.ends_with("3 files, 2 failed:\n  " + at("all/one/x.yml") + "\n  " +
                                    at("all/two/x.yml") + "\n"))
      << done.output;
  EXPECT_TRUE(std::filesystem::exists(at("out/one-x.html")));
  EXPECT_TRUE(std::filesystem::exists(at("out/two-x.html")));
}

TEST_F(simulation, makes_no_folder_that_nobody_asked_for) {
  ASSERT_EQ(run({"run", at("calm.yml"), "--trace", at("calm.trace")}).code, 0);
  EXPECT_EQ(run({"run", at("calm.yml"), "--trace", at("no/x")}).code, 1);
  EXPECT_EQ(run({"view", at("calm.trace"), "-o", at("no/x")}).code, 1);
  EXPECT_EQ(run({"run", at("calm.yml"), "--trace", "-"}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(at("no")));
  EXPECT_NE(run({"view", at("calm.trace"), "-o", "-"}).output.find("event"), std::string::npos);
  const ended ordered = run({"view", at("calm.trace"), "--order", "3"});
  EXPECT_EQ(ordered.code, 1);
  EXPECT_NE(ordered.output.find("only a script has an --order"), std::string::npos);
}

TEST_F(simulation, says_what_became_of_a_trace_that_breaks_its_rule_no_more) {
  ASSERT_EQ(run({"run", at("calm.yml"), "--trace", at("calm.trace")}).code, 0);
  EXPECT_NE(run({"shrink", at("calm.trace")}).output.find("breaks no rule"), std::string::npos);
  EXPECT_NE(run({"blame", at("calm.trace")}).output.find("breaks no rule"), std::string::npos);
  std::string text = text_of(at("calm.trace"));
  text.replace(text.find("found: none"), 11, "found: O25 plausibility");
  write("old.trace", text.substr(0, text.find("sum: ")));
  const ended again = run({"replay", at("old.trace"), "--json"});
  EXPECT_EQ(again.code, 0) << again.output;
  EXPECT_NE(again.output.find("\"found_then\":\"O25 plausibility\""), std::string::npos)
      << again.output;
  EXPECT_NE(
      run({"shrink", at("old.trace")}).output.find("does not break O25 plausibility any more"),
      std::string::npos);
}

TEST_F(simulation, says_which_faults_an_exploration_shows_nothing_of) {
  const std::string one_get = "kind: explore\nclients: {a: [get s0]}\nwith_faults: each_single\n";
  write("some.yml", "timeout: 400ms\n" + one_get);
  const ended some = run({"explore", at("some.yml")});
  EXPECT_EQ(some.code, 0) << some.output;
  EXPECT_NE(some.output.find("left out, as they cannot strike in this scene: refusal, black_hole, "
                             "descriptors, unresolved\n"),
            std::string::npos)
      << some.output;
  EXPECT_NE(some.output.find("never strikes: wrong_key\n"), std::string::npos) << some.output;
  EXPECT_NE(some.output.find("all rules hold in 15 of 17 cases"), std::string::npos) << some.output;

  write("none.yml", one_get + "of_faults: [wrong_key, refusal]\n");
  const ended none = run({"run", at("none.yml")});
  EXPECT_EQ(none.code, 8) << none.output;
  EXPECT_NE(none.output.find("nothing is shown"), std::string::npos) << none.output;
}

TEST_F(simulation, does_not_call_nothing_good) {
  for (const std::string number : {"0", "-1", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(run({"sweep", "--seeds", number}).code, 1) << number;
    EXPECT_EQ(run({"doctor", "--seeds", number}).code, 1) << number;
    EXPECT_EQ(run({"bench", "--seeds", number}).code, 1) << number;
    EXPECT_EQ(run({"run", at("calm.yml"), "--seeds", number}).code, 1) << number;
  }
  for (const std::string time : {"0", "-1", "nan", "soon"})
    EXPECT_EQ(run({"sweep", "--time", time}).code, 1) << time;
  EXPECT_EQ(run({"sweep", "--seed", "-1"}).code, 1);
  EXPECT_EQ(run({"sweep", "--seed", "4503599627370495", "--seeds", "2"}).code, 0);
  EXPECT_EQ(run({"explore", at("calm.yml"), "--states", "0"}).code, 1);

  write("none.yml", "kind: swarm\nseeds: 0\n");
  const ended none = run({"run", at("none.yml")});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.output.find("none.yml:2:8: key \"seeds\""), std::string::npos) << none.output;
}

TEST_F(simulation, a_check_of_the_mutants_prints_json) {
  const ended done = run({"mutants", "--check", "--json", "--source", DOVETAIL_FIXTURES});
  EXPECT_EQ(done.code, 0);
  EXPECT_NE(done.output.find(R"({"apply": ["g93", )"), std::string::npos) << done.output;
  EXPECT_TRUE(done.output.ends_with("], \"wrong\": []}\n")) << done.output;
  EXPECT_EQ(run({"mutants", "--id", "nosuch", "--source", DOVETAIL_FIXTURES}).code, 1);
}

TEST_F(simulation, says_what_is_wrong_with_what_it_was_given) {
  EXPECT_EQ(run({"run"}).code, 1);
  EXPECT_EQ(run({"run", at("calm.yml"), "--policy", "pct:0"}).code, 1);
  EXPECT_EQ(run({"view", at("calm.yml"), "--format", "gif"}).code, 1);

  write("bad.yml", "clients: []\nservrs: 2\n");
  const ended bad = run({"run", at("bad.yml")});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.output.find("bad.yml:2"), std::string::npos) << bad.output;

  const ended missing = run({"replay", at("nothing.trace")});
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.output.find("nothing.trace: No such file"), std::string::npos)
      << missing.output;

  const ended other = run({"replay", at("calm.yml")});
  EXPECT_EQ(other.code, 1);
  EXPECT_NE(other.output.find("line 1: 'dovetail-sim trace 1' expected"), std::string::npos);
}

}  // namespace
}  // namespace dovetail::sim
