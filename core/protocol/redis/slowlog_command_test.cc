#include "protocol/redis/slowlog_command.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/byte_queue.h"
#include "message/slow_log.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class slowlog_command : public testing::Test {
 protected:
  void add(std::string_view line, std::int64_t took_us) {
    const parsed_request slow(resp(words_of(line)));
    byte_queue notes;
    const auto size = note_arguments(*slow, notes);
    log_.add({.unix_time_s = 1700000000,
              .took_us = took_us,
              .note = std::string(notes.front(size)),
              .client = "127.0.0.1:5",
              .client_name = "me"});
  }

  std::string ask(std::string_view line, bool with_log = true) {
    const parsed_request asked(resp(words_of(line)));
    std::string answer;
    append_slowlog_reply(*asked, with_log ? &log_ : nullptr, answer);
    return answer;
  }

  slow_log log_{20};
};

TEST_F(slowlog_command, shows_what_redis_shows_of_a_request) {
  add("get key", 12345);

  EXPECT_EQ(ask("slowlog get"),
            "*1\r\n*6\r\n:0\r\n:1700000000\r\n:12345\r\n*2\r\n$3\r\nget\r\n$3\r\nkey\r\n"
            "$11\r\n127.0.0.1:5\r\n$2\r\nme\r\n");
}

TEST_F(slowlog_command, shows_the_newest_ten_unless_told) {
  for (int each = 0; each < 15; ++each)
    add("get key", each);

  EXPECT_THAT(ask("SLOWLOG GET"), StartsWith("*10\r\n*6\r\n:14\r\n"));
  EXPECT_THAT(ask("slowlog get 2"), StartsWith("*2\r\n*6\r\n:14\r\n"));
  EXPECT_THAT(ask("slowlog get -1"), StartsWith("*15\r\n"));
  EXPECT_THAT(ask("slowlog get 0"), StartsWith("*0\r\n"));
  EXPECT_EQ(ask("slowlog len"), ":15\r\n");
}

TEST_F(slowlog_command, forgets_on_reset) {
  add("get key", 1);
  EXPECT_EQ(ask("slowlog reset"), "+OK\r\n");
  EXPECT_EQ(ask("slowlog len"), ":0\r\n");
}

TEST_F(slowlog_command, refuses_counts_that_redis_refuses) {
  EXPECT_THAT(ask("slowlog get -2"), HasSubstr("count should be greater than or equal to -1"));
  EXPECT_THAT(ask("slowlog get many"), HasSubstr("count should be greater than or equal to -1"));
  EXPECT_THAT(ask("slowlog get 1 2"), HasSubstr("unknown subcommand or wrong number"));
}

TEST_F(slowlog_command, is_empty_where_nothing_is_kept) {
  EXPECT_EQ(ask("slowlog get", false), "*0\r\n");
  EXPECT_EQ(ask("slowlog len", false), ":0\r\n");
  EXPECT_EQ(ask("slowlog reset", false), "+OK\r\n");
}

}  // namespace
}  // namespace dovetail::redis
