#include "pool/health.h"

#include <optional>

#include <gtest/gtest.h>

#include "base/time.h"

namespace dovetail {
namespace {

using namespace std::chrono_literals;

constexpr instant start = instant(1000s);
constexpr duration retry_after = 30s;

TEST(health, is_good_at_first) {
  const health server;

  EXPECT_TRUE(server.live());
  EXPECT_EQ(server.probe_due(), std::nullopt);
}

TEST(health, ejects_at_the_limit_and_not_before) {
  health server;

  EXPECT_FALSE(server.failed(start, 3, retry_after));
  EXPECT_FALSE(server.failed(start, 3, retry_after));
  EXPECT_TRUE(server.live());
  EXPECT_TRUE(server.failed(start, 3, retry_after));
  EXPECT_FALSE(server.live());
}

TEST(health, is_to_be_probed_when_the_time_has_come) {
  health server;
  server.failed(start, 1, retry_after);

  EXPECT_EQ(server.probe_due(), start + retry_after);
}

TEST(health, is_out_until_a_probe_is_answered) {
  health server;
  server.failed(start, 1, retry_after);
  server.probed();

  EXPECT_FALSE(server.live());
  EXPECT_EQ(server.probe_due(), std::nullopt) << "one at a time";
  server.probe_answered();
  EXPECT_TRUE(server.live());
  EXPECT_EQ(server.probe_due(), std::nullopt);
}

TEST(health, stays_out_for_as_long_again_when_a_probe_fails) {
  health server;
  server.failed(start, 1, retry_after);
  server.probed();
  server.probe_failed(start + 31s, retry_after);

  EXPECT_FALSE(server.live());
  EXPECT_EQ(server.probe_due(), start + 31s + retry_after);
}

TEST(health, counts_from_zero_after_its_return) {
  health server;
  server.failed(start, 2, retry_after);
  server.failed(start, 2, retry_after);
  server.probed();
  server.probe_answered();
  const instant back = start + retry_after;

  EXPECT_FALSE(server.failed(back, 2, retry_after));
  EXPECT_TRUE(server.live());
  EXPECT_TRUE(server.failed(back + 1s, 2, retry_after));
  EXPECT_EQ(server.probe_due(), back + 1s + retry_after);
}

TEST(health, forgets_failures_once_answered) {
  health server;
  server.failed(start, 2, retry_after);
  server.answered();

  EXPECT_FALSE(server.failed(start, 2, retry_after));
  EXPECT_TRUE(server.live());
}

TEST(health, does_not_return_by_an_answer_to_something_else) {
  health server;
  server.failed(start, 1, retry_after);
  server.answered();

  EXPECT_FALSE(server.live());
}

TEST(health, is_not_kept_out_longer_by_failures_while_out) {
  health server;
  server.failed(start, 2, retry_after);
  server.failed(start, 2, retry_after);

  for (int connection = 0; connection < 5; ++connection) {
    EXPECT_FALSE(server.failed(start + 10s, 2, retry_after));
  }
  EXPECT_EQ(server.probe_due(), start + retry_after);
}

TEST(health, takes_a_limit_below_one_for_one) {
  health server;

  EXPECT_TRUE(server.failed(start, 0, retry_after));
}

}  // namespace
}  // namespace dovetail
