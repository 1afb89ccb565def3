#include "daemon/options.h"

#include <expected>
#include <initializer_list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using testing::HasSubstr;

std::expected<options, std::string> parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv = {"dovetail"};
  argv.insert(argv.end(), arguments);
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

// The error of a command line that has one.
std::string error_of(std::initializer_list<const char*> arguments) {
  const auto parsed = parse(arguments);
  return parsed ? "none" : parsed.error();
}

TEST(options, have_twemproxys_defaults) {
  const auto parsed = parse({});

  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, options{});
  EXPECT_EQ(parsed->config_file, "conf/nutcracker.yml");
  EXPECT_EQ(parsed->stats_port, 22222);
  EXPECT_EQ(parsed->stats_address, "0.0.0.0");
  EXPECT_EQ(parsed->mbuf_size, 16384U);
  EXPECT_EQ(parsed->verbosity, 5);
  EXPECT_EQ(parsed->workers, 0);
}

TEST(options, of_our_own_have_long_names) {
  const auto parsed =
      parse({"-t", "--log-format", "json", "--user", "nobody", "--diff", "old.yml"});

  ASSERT_TRUE(parsed.has_value()) << parsed.error();
  EXPECT_EQ(parsed->log_lines, log_format::json);
  EXPECT_EQ(parsed->user, "nobody");
  EXPECT_EQ(parsed->diff_with, "old.yml");
  EXPECT_EQ(error_of({"--log-format", "xml"}), "option --log-format is text or json");
  EXPECT_EQ(error_of({"--diff", "old.yml"}), "option --diff requires -t");
}

TEST(options, are_read_by_their_letters) {
  const auto parsed = parse({"-htdVD", "-v", "7", "-o", "log", "-c", "conf", "-s", "1", "-a", "::1",
                             "-i", "0", "-p", "pid", "-m", "512"});

  ASSERT_TRUE(parsed.has_value()) << parsed.error();
  EXPECT_EQ(*parsed, (options{.help = true,
                              .version = true,
                              .test_config = true,
                              .daemonize = true,
                              .describe_stats = true,
                              .verbosity = 7,
                              .output = "log",
                              .config_file = "conf",
                              .stats_port = 1,
                              .stats_address = "::1",
                              .stats_interval_ms = 0,
                              .pid_file = "pid",
                              .mbuf_size = 512}));
}

TEST(options, are_read_by_their_names) {
  const auto parsed =
      parse({"--help", "--version", "--test-conf", "--daemonize", "--describe-stats", "--verbose=3",
             "--output=log", "--conf-file", "conf", "--stats-port=65535", "--stats-addr=localhost",
             "--stats-interval=100", "--pid-file=pid", "--mbuf-size=16777216", "--workers=4"});

  ASSERT_TRUE(parsed.has_value()) << parsed.error();
  EXPECT_EQ(*parsed, (options{.help = true,
                              .version = true,
                              .test_config = true,
                              .daemonize = true,
                              .describe_stats = true,
                              .verbosity = 3,
                              .output = "log",
                              .config_file = "conf",
                              .stats_port = 65535,
                              .stats_address = "localhost",
                              .stats_interval_ms = 100,
                              .pid_file = "pid",
                              .mbuf_size = 16777216,
                              .workers = 4}));
}

TEST(options, may_be_written_together_and_repeated) {
  EXPECT_EQ(parse({"-v11", "-s22123"})->stats_port, 22123);
  EXPECT_EQ(parse({"-c", "first", "-c", "second"})->config_file, "second");
}

TEST(options, clamp_the_verbosity) {
  EXPECT_EQ(parse({"-v", "99"})->verbosity, 11);
}

TEST(options, refuse_what_is_no_number_or_out_of_bounds) {
  EXPECT_EQ(error_of({"-v", "high"}), "option -v requires a number");
  EXPECT_EQ(error_of({"-v", "0x5"}), "option -v requires a number");
  EXPECT_EQ(error_of({"-v", "4294967296"}), "option -v requires a number");
  EXPECT_EQ(error_of({"-s", "http"}), "option -s requires a number");
  EXPECT_EQ(error_of({"-s", "0"}), "option -s value 0 is not a valid port");
  EXPECT_EQ(error_of({"-s", "65536"}), "option -s value 65536 is not a valid port");
  EXPECT_EQ(error_of({"-i", "1s"}), "option -i requires a number");
  EXPECT_EQ(error_of({"-m", "0"}), "option -m requires a non-zero number");
  EXPECT_EQ(error_of({"-m", "511"}), "mbuf chunk size must be between 512 and 16777216 bytes");
  EXPECT_EQ(error_of({"-m", "16777217"}), "mbuf chunk size must be between 512 and 16777216 bytes");
  EXPECT_EQ(error_of({"--workers", "0"}), "option --workers requires a number from 1 to 256");
  EXPECT_EQ(error_of({"--workers", "257"}), "option --workers requires a number from 1 to 256");
  EXPECT_EQ(error_of({"--shutdown-timeout", "soon"}),
            "option --shutdown-timeout requires milliseconds, 86400000 at most");
}

TEST(options, refuse_surplus_words) {
  EXPECT_EQ(error_of({"-v", "6", "conf.yml", "more"}), "\"conf.yml\" is not an option");
}

TEST(options, refuse_the_unknown_and_the_incomplete) {
  EXPECT_THAT(error_of({"--stats"}), HasSubstr("--stats"));
  EXPECT_THAT(error_of({"-x"}), HasSubstr("-x"));
  EXPECT_THAT(error_of({"-c"}), HasSubstr("--conf-file"));
  EXPECT_THAT(error_of({"-t", "-v"}), HasSubstr("--verbose"));
}

TEST(options, are_all_in_the_usage) {
  const std::string text = usage();
  for (const char* option :
       {"-h,-?,--help", "-V,--version", "-t,--test-conf", "-d,--daemonize", "-D,--describe-stats",
        "-v,--verbose", "-o,--output", "-c,--conf-file", "-s,--stats-port", "-a,--stats-addr",
        "-i,--stats-interval", "-p,--pid-file", "-m,--mbuf-size", "--workers"}) {
    EXPECT_THAT(text, HasSubstr(option));
  }
}

}  // namespace
}  // namespace dovetail
