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

  EXPECT_TRUE(server.live(start));
  EXPECT_EQ(server.ejected_until(), std::nullopt);
}

TEST(health, ejects_at_the_limit_and_not_before) {
  health server;

  EXPECT_FALSE(server.failed(start, 3, retry_after));
  EXPECT_FALSE(server.failed(start, 3, retry_after));
  EXPECT_TRUE(server.live(start));
  EXPECT_TRUE(server.failed(start, 3, retry_after));
  EXPECT_FALSE(server.live(start));
}

TEST(health, returns_when_the_time_has_come) {
  health server;
  server.failed(start, 1, retry_after);

  EXPECT_EQ(server.ejected_until(), start + retry_after);
  EXPECT_FALSE(server.live(start + retry_after - 1us));
  EXPECT_TRUE(server.live(start + retry_after));
}

TEST(health, counts_from_zero_after_its_return) {
  health server;
  server.failed(start, 2, retry_after);
  server.failed(start, 2, retry_after);
  const instant back = start + retry_after;

  EXPECT_FALSE(server.failed(back, 2, retry_after));
  EXPECT_TRUE(server.live(back));
  EXPECT_TRUE(server.failed(back + 1s, 2, retry_after));
  EXPECT_EQ(server.ejected_until(), back + 1s + retry_after);
}

TEST(health, forgets_failures_once_answered) {
  health server;
  server.failed(start, 2, retry_after);
  server.answered();

  EXPECT_FALSE(server.failed(start, 2, retry_after));
  EXPECT_TRUE(server.live(start));
}

TEST(health, does_not_return_by_an_answer) {
  health server;
  server.failed(start, 1, retry_after);
  server.answered();

  EXPECT_FALSE(server.live(start));
}

TEST(health, is_not_kept_out_longer_by_failures_while_out) {
  health server;
  server.failed(start, 2, retry_after);
  server.failed(start, 2, retry_after);

  for (int connection = 0; connection < 5; ++connection) {
    EXPECT_FALSE(server.failed(start + 10s, 2, retry_after));
  }
  EXPECT_EQ(server.ejected_until(), start + retry_after);
  EXPECT_FALSE(server.failed(start + retry_after, 2, retry_after));
}

TEST(health, takes_a_limit_below_one_for_one) {
  health server;

  EXPECT_TRUE(server.failed(start, 0, retry_after));
}

TEST(health, is_back_at_once_without_a_retry_time) {
  health server;

  EXPECT_TRUE(server.failed(start, 1, duration(0)));
  EXPECT_TRUE(server.live(start));
}

}  // namespace
}  // namespace dovetail
