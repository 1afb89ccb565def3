#include "daemon/pid_file.h"

#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "daemon/testing/folder.h"

namespace dovetail {
namespace {

TEST(pid_file, holds_the_process_id_and_nothing_else_until_its_end) {
  const folder files;
  files.write("pid", "1234567890 of an earlier process\n");
  {
    const auto file = pid_file::create(files.file("pid"));
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(files.read("pid"), std::to_string(::getpid()));
  }
  EXPECT_FALSE(std::filesystem::exists(files.file("pid")));
}

TEST(pid_file, leaves_the_file_of_another_process_alone) {
  const folder files;
  {
    const auto file = pid_file::create(files.file("pid"));
    ASSERT_TRUE(file.has_value());
    files.write("pid", "1");
  }
  EXPECT_EQ(files.read("pid"), "1");
}

TEST(pid_file, is_held_by_one_at_a_time_and_then_free_again) {
  const folder files;
  const std::string own = std::to_string(::getpid());
  {
    const auto first = pid_file::create(files.file("pid"));
    ASSERT_TRUE(first.has_value());
    const auto second = pid_file::create(files.file("pid"));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error(), "pid file '" + files.file("pid") + "' is held by process " + own +
                                  ", which is running");
    EXPECT_EQ(files.read("pid"), own);
    EXPECT_EQ(pid_file::holder(files.file("pid")), ::getpid());
  }
  EXPECT_TRUE(pid_file::create(files.file("pid")).has_value());
}

TEST(pid_file, tells_what_is_wrong_with_one_that_leads_to_no_live_process) {
  const folder files;
  const std::string path = files.file("pid");
  EXPECT_EQ(pid_file::holder(path).error(),
            "pid file '" + path + "' cannot be read: No such file or directory");
  files.write("pid", "twelve");
  EXPECT_EQ(pid_file::holder(path).error(), "pid file '" + path + "' names no process");
  files.write("pid", std::to_string(::getpid()));
  EXPECT_EQ(pid_file::holder(path).error(), "pid file '" + path + "' names process " +
                                                std::to_string(::getpid()) +
                                                ", but nobody holds it: that process has ended");
}

TEST(pid_file, says_why_it_cannot_be_written) {
  const auto missing = pid_file::create("/nonexistent/pid");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error(),
            "writing pid file '/nonexistent/pid' failed: No such file or directory");

  const auto full = pid_file::create("/dev/full");
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error(), "writing pid file '/dev/full' failed: No space left on device");
}

}  // namespace
}  // namespace dovetail
