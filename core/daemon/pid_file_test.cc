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
