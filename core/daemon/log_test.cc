#include "daemon/log.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/options.h"
#include "daemon/testing/folder.h"
#include "daemon/worker_log.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::unique_ptr<process_log> log_into(const folder& files, int verbosity) {
  auto log = process_log::open(files.file("log"), verbosity);
  EXPECT_TRUE(log.has_value());
  return std::move(*log);
}

TEST(process_log, stamps_each_line_and_writes_it_at_once) {
  const folder files;
  const auto log = log_into(files, 5);

  log->write(log_level::notice, "a line with {} and %s");

  EXPECT_THAT(files.read("log"),
              MatchesRegex("\\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:"
                           "[0-9]{2}\\.[0-9]{3}\\] a line with \\{\\} and %s\n"));
}

TEST(process_log, writes_json_objects_if_told_so) {
  const folder files;
  const auto log = process_log::open(files.file("log"), 11, log_format::json);
  ASSERT_TRUE(log.has_value());

  (*log)->write(log_level::notice, "a \"quoted\" {}\n\xff");
  (*log)->write(log_level::most, "much");

  const std::string time =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}"
      "[+-][0-9]{2}:[0-9]{2}";
  EXPECT_THAT(files.read("log"),
              MatchesRegex("\\{\"time\":\"" + time +
                           "\",\"level\":\"notice\",\"text\":\"a \\\\\"quoted\\\\\" \\{\\}"
                           "\\\\u000a\xef\xbf\xbd\"\\}\n"
                           "\\{\"time\":\"" +
                           time + "\",\"level\":\"debug\",\"text\":\"much\"\\}\n"));
}

TEST(process_log, leaves_out_what_is_above_its_verbosity) {
  const folder files;
  const auto log = log_into(files, 4);

  log->write(log_level::warning, "warning");
  log->write(log_level::notice, "notice");
  EXPECT_THAT(files.read("log"), HasSubstr("warning"));
  EXPECT_THAT(files.read("log"), Not(HasSubstr("notice")));

  EXPECT_EQ(log->raise(), 5);
  log->write(log_level::notice, "notice");
  EXPECT_THAT(files.read("log"), HasSubstr("notice"));
}

TEST(process_log, writes_some_lines_always_and_calls_them_notices) {
  const folder files;
  const auto log = process_log::open(files.file("log"), 0, log_format::json);
  ASSERT_TRUE(log.has_value());

  (*log)->write(log_level::notice, "a notice");
  (*log)->always("started");

  EXPECT_THAT(files.read("log"), Not(HasSubstr("a notice")));
  EXPECT_THAT(files.read("log"), HasSubstr("\"level\":\"notice\",\"text\":\"started\"}\n"));
}

TEST(process_log, moves_its_verbosity_between_0_and_11) {
  const folder files;
  const auto log = log_into(files, 10);
  EXPECT_EQ(log->raise(), 11);
  EXPECT_EQ(log->raise(), 11);
  for (int steps = 0; steps < 11; ++steps)
    log->lower();
  EXPECT_EQ(log->verbosity(), 0);
  EXPECT_EQ(log->lower(), 0);
}

TEST(process_log, goes_on_in_a_new_file_after_rotation) {
  const folder files;
  const auto log = log_into(files, 5);
  log->write(log_level::notice, "before");
  std::filesystem::rename(files.file("log"), files.file("log.1"));
  log->write(log_level::notice, "between");
  log->reopen();
  log->write(log_level::notice, "after");

  EXPECT_THAT(files.read("log.1"), HasSubstr("between"));
  EXPECT_THAT(files.read("log"), HasSubstr("after"));
  EXPECT_THAT(files.read("log"), Not(HasSubstr("between")));
}

TEST(process_log, keeps_its_file_when_a_new_one_cannot_be_opened) {
  const folder files;
  std::filesystem::create_directory(files.file("below"));
  auto log = process_log::open(files.file("below/log"), 5);
  ASSERT_TRUE(log.has_value());
  std::filesystem::rename(files.file("below"), files.file("moved"));

  (*log)->reopen();

  EXPECT_THAT(files.read("moved/log"), HasSubstr("reopening log file"));
}

TEST(process_log, says_why_a_file_cannot_be_opened) {
  const auto log = process_log::open("/nonexistent/log", 5);
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error(), "opening log file '/nonexistent/log' failed: No such file or directory");
}

TEST(worker_log, writes_one_line_a_second_for_a_server_and_counts_the_others) {
  using std::chrono::milliseconds;
  const folder files;
  const auto log = log_into(files, 5);
  worker_log worker(*log);
  const worker_log::clock::time_point start{std::chrono::hours(1)};
  constexpr auto closed = worker_log::kind::closed;

  for (int each = 0; each < 10; ++each) {
    worker.tell_at(start + milliseconds(each), closed, "alpha", "one", "closed: refused");
  }
  worker.tell_at(start, closed, "alpha", "two", "closed: reset");
  worker.tell_at(start + milliseconds(1000), closed, "alpha", "one", "closed: refused");
  worker.tell_at(start, worker_log::kind::ejected, "alpha", "one", "ejected: refused");

  const std::string text = files.read("log");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_THAT(text, HasSubstr("] pool \"alpha\": server \"one\" closed: refused\n"));
  EXPECT_THAT(text, HasSubstr("server \"two\" closed: reset\n"));
  EXPECT_THAT(text, HasSubstr("closed: refused (9 more since the last line)\n"));
  EXPECT_THAT(text, HasSubstr("server \"one\" ejected: refused\n"));
}

TEST(worker_log, tells_when_a_server_goes_and_when_it_comes_back) {
  const folder files;
  const auto log = log_into(files, 4);
  worker_log worker(*log);

  worker.server_closed("alpha", "one", "Connection refused");
  worker.server_ejected("alpha", "one", "Connection refused", std::chrono::seconds(30));
  worker.server_returned("alpha", "one", std::chrono::microseconds(60'001'234));

  const std::string text = files.read("log");
  EXPECT_THAT(text, HasSubstr("] pool \"alpha\": server \"one\" closed: Connection refused\n"));
  EXPECT_THAT(text, HasSubstr("] pool \"alpha\": server \"one\" ejected: Connection refused; "
                              "to be probed every 30000 ms\n"));
  EXPECT_THAT(text, HasSubstr("] pool \"alpha\": server \"one\" is back: answered a probe after "
                              "60001 ms\n"));
}

TEST(worker_log, tells_of_clients_only_when_asked_for_more) {
  const folder files;
  const auto log = log_into(files, 5);
  worker_log worker(*log);
  const auto reset = std::make_error_code(std::errc::connection_reset);

  worker.client_closed("alpha", "127.0.0.1:5", reset);
  EXPECT_EQ(files.read("log"), "");

  log->raise();
  worker.client_closed("alpha", "127.0.0.1:5", reset);
  EXPECT_THAT(files.read("log"), HasSubstr("client 127.0.0.1:5 closed: Connection reset by peer"));
}

}  // namespace
}  // namespace dovetail
