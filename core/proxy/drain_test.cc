// The end of the proxy, as conversations.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(drain, answers_what_was_asked_before) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.client("b");
    talk.proxy_stops();
    talk.client_is_closed("b");
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.client_is_closed("a");
  });
}

TEST(drain, answers_what_had_come_by_then_and_was_not_read_yet) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.client("a").to_proxy += resp("GET", "k") + resp("GET", "l");
    talk.proxy_stops();
    talk.server_receives("s1", resp("GET", "k") + resp("GET", "k") + resp("GET", "l"));
    talk.server_sends("s1", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_is_closed("a");
  });
}

TEST(drain, answers_who_had_connected_and_was_not_accepted_yet) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.proxy_stops();
    talk.client_had_sent("late", resp("GET", "k") + resp("GET", "l"));
    talk.client_had_sent("silent", "");
    EXPECT_FALSE(talk.subject().drained());
    talk.client_is_closed("silent");
    talk.server_sends("s1", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_receives("late", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_is_closed("late");
  });
}

TEST(drain, accepts_nobody_any_more_when_nobody_came_for_a_moment) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.proxy_stops();
    talk.passes(9ms);
    talk.client("late");
    talk.passes(9ms);
    EXPECT_FALSE(talk.subject().drained());
    talk.passes(2s);
    EXPECT_TRUE(talk.subject().drained());
  });
}

TEST(drain, does_not_wait_for_those_to_end_who_come_all_the_time) {
  in_steps_of(std::string::npos, redis_pool({"s1"}), [](conversation& talk) {
    talk.proxy_stops();
    int accepted = 0;
    for (int at = 0; at < 200; ++at) {
      const std::int64_t before = talk.subject().connection_counters().total_connections.get();
      talk.client(std::to_string(at));
      accepted += talk.subject().connection_counters().total_connections.get() > before ? 1 : 0;
      talk.passes(5ms);
    }
    EXPECT_GE(accepted, 99);
    EXPECT_LE(accepted, 101);
  });
}

TEST(drain, answers_all_that_a_socket_may_hold) {
  constexpr std::size_t count = 400;
  const std::string word(8000, 'e');
  std::string asked;
  std::string told;
  for (std::size_t at = 0; at < count; ++at) {
    asked += resp("ECHO", word);
    told += "$8000\r\n" + word + "\r\n";
  }
  in_steps_of(20000, redis_pool({"s1"}), [&](conversation& talk) {
    talk.client("a").to_proxy += asked;
    talk.proxy_stops();
    talk.client_receives("a", told);
    talk.client_is_closed("a");
  });
}

}  // namespace
}  // namespace dovetail::testing
