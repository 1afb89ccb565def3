#include "daemon/reload_outcome.h"

#include <chrono>
#include <optional>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(reload_outcome, is_told_to_the_process_that_waits_for_it) {
  const auto listener = outcome_listener::open();
  ASSERT_TRUE(listener.has_value()) << listener.error();
  for (const reload_outcome& each : {reload_outcome{.config_file = "/a file", .errors = {}},
                                     reload_outcome{.config_file = "/b", .errors = {"one", "two"}},
                                     reload_outcome{.config_file = "/c", .errors = {""}}}) {
    tell_outcome(::getpid(), each);
    EXPECT_EQ((*listener)->wait(::getpid(), seconds(5)), each);
  }
}

TEST(reload_outcome, may_be_long) {
  const auto listener = outcome_listener::open();
  ASSERT_TRUE(listener.has_value());
  tell_outcome(::getpid(), {.config_file = "/a", .errors = {std::string(100'000, 'x')}});
  const auto told = (*listener)->wait(::getpid(), seconds(5));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->errors.size(), 1);
}

TEST(reload_outcome, of_another_process_is_not_believed) {
  const auto listener = outcome_listener::open();
  ASSERT_TRUE(listener.has_value());
  tell_outcome(::getpid(), {.config_file = "/a", .errors = {}});
  EXPECT_EQ((*listener)->wait(::getppid(), milliseconds(20)), std::nullopt);
}

TEST(reload_outcome, is_nobodys_where_nobody_waits) {
  tell_outcome(::getpid(), {.config_file = "/a", .errors = {}});
  tell_outcome(0, {.config_file = "/a", .errors = {}});
  const auto listener = outcome_listener::open();
  ASSERT_TRUE(listener.has_value());
  EXPECT_EQ((*listener)->wait(::getpid(), milliseconds(20)), std::nullopt);
  EXPECT_FALSE(outcome_listener::open().has_value());
}

}  // namespace
}  // namespace dovetail
