#include "sim/world/tagged_replies.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

TEST(tagged_replies, say_whose_they_are_and_where_they_come_from) {
  std::set<std::string> replies;
  std::size_t made = 0;
  for (const char* const request :
       {"get zc0r0k0\r\n", "get zc1r0k0\r\n", "get zc0r1k0\r\n", "get zc0r0k1\r\n"}) {
    for (std::uint32_t server = 0; server < 2; ++server) {
      for (std::uint32_t connection = 0; connection < 2; ++connection) {
        for (std::uint32_t arrival = 0; arrival < 2; ++arrival) {
          replies.insert(tagged_reply(request, false, {server, connection, arrival}));
          ++made;
        }
      }
    }
  }
  EXPECT_EQ(replies.size(), made);
}

TEST(tagged_replies, are_not_what_they_should_be_when_something_is_wrong) {
  for (const bool redis : {true, false}) {
    const std::string request = redis ? "*2\r\n$4\r\nMGET\r\n$7\r\nzc0r0k0\r\n" : "get zc0r0k0\r\n";
    const std::string honest = tagged_reply(request, redis, {});
    for (std::size_t each = 0; each < faults; ++each) {
      const auto what = static_cast<fault>(each);
      if (!fits(what, request, redis)) continue;
      EXPECT_NE(wrong_reply(what, request, redis, honest), honest) << name_of(what);
    }
  }
}

TEST(tagged_replies, tell_each_state_that_a_server_may_be_in) {
  std::set<std::string> states;
  for (std::uint32_t number = 0; number < 4; ++number) {
    const std::string key = "zc0r" + std::to_string(number) + "k0";
    const std::string request = "*2\r\n$3\r\nGET\r\n$7\r\n" + key + "\r\n";
    const std::string error = server_error(request, true);
    states.insert(error.substr(0, error.find(' ')));
    EXPECT_TRUE(error.contains(key)) << error;
  }
  EXPECT_EQ(states, (std::set<std::string>{"-OOM", "-LOADING", "-BUSY", "-READONLY"}));
  EXPECT_TRUE(server_error("*1\r\n$4\r\nPING\r\n", true).starts_with("-LOADING"));
}

}  // namespace
}  // namespace dovetail::sim
