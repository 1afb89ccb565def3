// What the program prints and does instead of serving.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/testing/started_program.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class command_line_test : public started_program {};

TEST_F(command_line_test, prints_version_help_and_statistics_to_stderr) {
  EXPECT_EQ(run({"-V"}), 0);
  EXPECT_THAT(printed(), StartsWith("This is dovetail-"));
  EXPECT_EQ(run({"--help", "-t"}), 0);
  EXPECT_THAT(printed(), HasSubstr("--conf-file"));
  EXPECT_EQ(run({"-D"}), 0);
  EXPECT_THAT(printed(), HasSubstr("  requests            \"# requests\"\n"));
  EXPECT_EQ(files_.read("out"), "");
}

TEST_F(command_line_test, ends_with_1_on_a_wrong_option) {
  EXPECT_EQ(run({"-v", "loud"}), 1);
  EXPECT_EQ(printed(), "dovetail: option -v requires a number; --help lists the options\n");
}

TEST_F(command_line_test, tells_a_sound_configuration_from_one_with_errors) {
  const std::string sound = files_.write("sound.yml", alpha_at("127.0.0.1:22121"));
  EXPECT_EQ(run({"-t", "-c", sound}), 0);
  EXPECT_EQ(printed(), "dovetail: configuration file '" + sound + "' syntax is ok\n");
}

TEST_F(command_line_test, warns_of_a_pool_without_a_timeout) {
  const std::string file = files_.write(
      "conf.yml", "alpha:\n  listen: 127.0.0.1:22121\n  servers:\n    - 127.0.0.1:1:1\n");
  EXPECT_EQ(run({"-t", "-c", file}), 0);
  EXPECT_THAT(printed(),
              StartsWith("warning: " + file + ":1:1: pool \"alpha\": key \"timeout\": "));
}

TEST_F(command_line_test, prints_every_error_of_a_configuration_with_its_place) {
  const std::string broken =
      files_.write("broken.yml", "alpha:\n  listen: 127.0.0.1:0\n  hash: md6\n");
  EXPECT_EQ(run({"-t", "-c", broken}), 1);
  EXPECT_THAT(printed(),
              AllOf(HasSubstr(broken + ":1:1: pool \"alpha\": key \"servers\": the pool has no "),
                    HasSubstr(broken + ":2:11: pool \"alpha\": key \"listen\": port \"0\" is not"),
                    HasSubstr(broken + ":3:9: pool \"alpha\": key \"hash\": \"md6\" is not a hash"),
                    HasSubstr("dovetail: configuration file '" + broken + "' syntax is invalid")));
}

TEST_F(command_line_test, explains_where_a_key_lives) {
  const std::string file = files_.write("conf.yml", alpha_at("127.0.0.1:22121"));
  EXPECT_EQ(run({"explain", "-c", file, "alpha", "key"}), 0);
  EXPECT_THAT(files_.read("out"), HasSubstr("server: \"one\" at 127.0.0.1:"));
  EXPECT_EQ(run({"explain", "-c", file, "--json", "alpha", "key"}), 0);
  EXPECT_THAT(files_.read("out"), HasSubstr("\"server\":{\"index\":0,\"name\":\"one\""));
  EXPECT_EQ(run({"explain", "-c", file, "beta", "key"}), 1);
  EXPECT_EQ(run({"explain", "-c", file, "alpha"}), 1);
  EXPECT_THAT(printed(), HasSubstr("dovetail: there is no pool \"beta\" in " + file +
                                   ", which has: \"alpha\"\n"));
}

TEST_F(command_line_test, says_which_keys_another_configuration_would_move) {
  const std::string before = files_.write("old.yml", alpha_at("127.0.0.1:22121"));
  const std::string after =
      files_.write("new.yml", files_.read("old.yml") + "    - 127.0.0.1:9:1 two\n");
  EXPECT_EQ(run({"-t", "-c", after, "--diff", before}), 0);
  EXPECT_THAT(files_.read("out"),
              testing::MatchesRegex("pool \"alpha\": [45][0-9]\\.[0-9]{3}% of 100000 sample keys "
                                    "move; added \"two\" at 127\\.0\\.0\\.1:9\n"));
  EXPECT_EQ(run({"-t", "-c", after, "--diff", files_.file("none.yml")}), 1);
}

TEST_F(command_line_test, resolves_the_listeners_of_a_configuration_that_it_tests) {
  const std::string file = files_.write("host.yml", alpha_at("no.such.host.invalid:22121"));
  EXPECT_EQ(run({"-t", "-c", file}), 1);
  EXPECT_THAT(printed(), HasSubstr(file + ":2:11: pool \"alpha\": key \"listen\": "
                                          "\"no.such.host.invalid\" cannot be resolved: "));
}

TEST_F(command_line_test, tests_no_file_that_is_not_there) {
  EXPECT_EQ(run({"-t", "-c", files_.file("none.yml")}), 1);
  EXPECT_THAT(printed(), HasSubstr("none.yml: cannot be read: No such file or directory\n"));
}

}  // namespace
}  // namespace dovetail
