#include "base/check.h"

#include <cstdio>
#include <thread>

#include <gtest/gtest.h>

#include "base/last_deed.h"

namespace dovetail {
namespace {

TEST(check, does_what_its_thread_has_set_and_aborts) {
  set_last_deed([] { std::fputs("the last deed\n", stderr); });
  EXPECT_DEATH(DOVETAIL_CHECK(1 == 2), "broken promise: 1 == 2\nthe last deed");
  set_last_deed(nullptr);
}

TEST(check, does_it_once_even_if_that_breaks_another_promise) {
  set_last_deed([] { DOVETAIL_CHECK(false); });
  EXPECT_DEATH(DOVETAIL_CHECK(1 == 2), "broken promise: 1 == 2\n.*broken promise: false");
  set_last_deed(nullptr);
}

TEST(check, does_nothing_for_another_thread) {
  set_last_deed([] { std::fputs("the last deed\n", stderr); });
  EXPECT_DEATH(std::thread([] { DOVETAIL_CHECK(1 == 2); }).join(), "broken promise: 1 == 2\n$");
  set_last_deed(nullptr);
}

}  // namespace
}  // namespace dovetail
