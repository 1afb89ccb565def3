#include "sim/tool/crash.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/sanitizer.h"
#include "sim/tool/exit_code.h"

namespace dovetail::sim {
namespace {

using ::testing::ExitedWithCode;

void break_a_promise() {
  DOVETAIL_CHECK(1 + 1 == 3);
}

TEST(crash, names_the_run_of_the_thread_that_broke_a_promise) {
  EXPECT_EXIT(
      {
        catch_crashes("dovetail-sim sweep");
        set_crash_line("dovetail-sim sweep --seed 1 --seeds 1");
        std::thread([] {
          set_crash_line("dovetail-sim sweep --seed 2 --seeds 1");
          break_a_promise();
        }).join();
      },
      ExitedWithCode(exit_crash),
      "1 \\+ 1 == 3(.|\n)*dovetail-sim sweep --seed 2 --seeds 1  # crashed: a promise was "
      "broken\n");
}

TEST(crash, names_the_command_where_nothing_more_is_known) {
  EXPECT_EXIT(
      {
        catch_crashes("dovetail-sim replay some.trace");
        std::thread(break_a_promise).join();
      },
      ExitedWithCode(exit_crash), "dovetail-sim replay some.trace  # crashed");
}

TEST(crash, cuts_a_line_that_is_too_long) {
  EXPECT_EXIT(
      {
        catch_crashes("");
        set_crash_line(std::string(crash_line_max, 'x') + "y");
        break_a_promise();
      },
      ExitedWithCode(exit_crash), "x  # crashed");
}

int fall(int from);
int (*volatile fall_on)(int) = fall;

int fall(int from) {
  volatile char some[4096] = {};
  return fall_on(from + 1) + some[0];
}

TEST(crash, is_told_also_when_the_stack_has_run_over) {
  if (is_sanitized) GTEST_SKIP() << "that is told by the sanitizer";
  EXPECT_EXIT(
      {
        catch_crashes("dovetail-sim sweep");
        std::thread([] {
          set_crash_line("dovetail-sim sweep --seed 3 --seeds 1");
          fall(0);
        }).join();
      },
      ExitedWithCode(exit_crash), "--seed 3 --seeds 1  # crashed: bad memory access");
}

}  // namespace
}  // namespace dovetail::sim
