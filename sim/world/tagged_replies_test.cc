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

}  // namespace
}  // namespace dovetail::sim
