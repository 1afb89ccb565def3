#include "protocol/redis/command_docs.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/redis/command_replies.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/real_redis.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

reply_value asked(std::string_view line) {
  const parsed_request request(std::string(line) + "\r\n");
  std::string out;
  append_command_reply(*request, out);
  return decode(out);
}

// A value of a command's documentation.
const reply_value& value_of(const reply_value& docs, std::string_view key) {
  static const reply_value none;
  for (std::size_t at = 0; at + 1 < docs.elements.size(); at += 2) {
    if (docs.elements[at].text == key) return docs.elements[at + 1];
  }
  ADD_FAILURE() << "no " << key;
  return none;
}

// As redis-cli shows them.
std::string arguments_of(std::string_view command) {
  const reply_value docs = asked("command docs " + std::string(command));
  std::string shown;
  for (const reply_value& each : value_of(docs.elements.at(1), "arguments").elements) {
    bool optional = false;
    bool many = false;
    if (each.elements.size() > 4) {
      for (const reply_value& flag : value_of(each, "flags").elements) {
        optional = optional || flag.text == "optional";
        many = many || flag.text == "multiple";
      }
    }
    const std::string& name = value_of(each, "name").text;
    if (!shown.empty()) shown += ' ';
    shown += (optional ? "[" : "") + name + (many ? " ..." : "") + (optional ? "]" : "");
  }
  return shown;
}

std::string group_of(std::string_view command) {
  const reply_value docs = asked("command docs " + std::string(command));
  return value_of(docs.elements.at(1), "group").text;
}

TEST(command_docs, are_there_for_each_command_that_is_served) {
  const reply_value all = asked("COMMAND DOCS");
  const std::int64_t count = asked("command count").number();

  ASSERT_EQ(static_cast<std::int64_t>(all.elements.size()), 2 * count);
  for (std::size_t at = 0; at < all.elements.size(); at += 2) {
    EXPECT_NE(find_command(all.elements[at].text), unknown_command);
    EXPECT_FALSE(value_of(all.elements[at + 1], "summary").text.empty());
    EXPECT_FALSE(value_of(all.elements[at + 1], "group").text.empty());
  }
}

TEST(command_docs, leave_out_what_is_not_served) {
  const reply_value some = asked("command docs nosuch GET blpop mget");
  ASSERT_EQ(some.elements.size(), 4U);
  EXPECT_EQ(some.elements[0].text, "get");
  EXPECT_EQ(some.elements[2].text, "mget");
}

TEST(command_docs, say_who_is_asked) {
  EXPECT_EQ(group_of("ping"), "proxy");
  EXPECT_EQ(group_of("get"), "one-server");
  EXPECT_EQ(group_of("lolwut"), "one-server");
  EXPECT_EQ(group_of("mget"), "divided");
  EXPECT_EQ(group_of("dbsize"), "every-server");
  EXPECT_EQ(group_of("scan"), "every-server");
}

TEST(command_docs, say_what_a_command_takes) {
  EXPECT_EQ(arguments_of("get"), "key");
  EXPECT_EQ(arguments_of("getrange"), "key argument argument");
  EXPECT_EQ(arguments_of("set"), "key argument [argument ...]");
  EXPECT_EQ(arguments_of("rename"), "key key");
  EXPECT_EQ(arguments_of("del"), "key ...");
  EXPECT_EQ(arguments_of("sdiffstore"), "key key ...");
  EXPECT_EQ(arguments_of("mset"), "key argument [argument ...]");
  EXPECT_EQ(arguments_of("eval"), "argument argument [argument ...]");
  EXPECT_EQ(arguments_of("object"), "argument [argument ...]");
  EXPECT_EQ(arguments_of("ping"), "[argument ...]");
  EXPECT_EQ(arguments_of("time"), "");
}

}  // namespace
}  // namespace dovetail::redis
