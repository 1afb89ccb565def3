// Deadlines of requests, and servers that let them pass.

#include <algorithm>
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(time_out, absorbs_the_response_that_comes_after_the_time_out) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "ka"));
    talk.passes(300ms);
    talk.client_sends("b", resp("GET", "kb"));
    talk.passes(100ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.client_receives("b", "");

    talk.server_sends("s1", "$2\r\nva\r\n$2\r\nvb\r\n");
    talk.client_receives("b", "$2\r\nvb\r\n");
    talk.client_receives("a", "");
    EXPECT_EQ(talk.counters_of(0).server_connections.get(), 1);
    EXPECT_EQ(talk.counters_of(0).absorbed.get(), 1);
  });
}

// While nothing is known of the size of its replies only some of a client's requests go on at once.
TEST(time_out, is_each_requests_own_also_of_those_that_wait_behind_it) {
  in_steps_of(std::string::npos, redis_pool({"s1"}), [](conversation& talk) {
    std::string requests;
    std::string errors;
    for (int each = 0; each < 40; ++each) {
      requests += resp("GET", "k");
      errors += "-ERR Connection timed out\r\n";
    }
    talk.client_sends("a", requests + resp("ECHO", "me"));
    talk.passes(399ms);
    talk.client_receives("a", "");
    talk.passes(1ms);
    talk.client_receives("a", errors + "$2\r\nme\r\n");
  });
}

TEST(time_out, gives_up_a_server_that_is_silent_for_a_second_time_out) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "ka"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.client_sends("a", resp("GET", "kb"));
    talk.passes(399ms);
    talk.client_receives("a", "");
    talk.passes(1ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.server_is_closed("s1");
  });
}

TEST(time_out, keeps_a_server_that_answers_slowly_but_does_answer) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\n0\r\n");  // the size of its replies is known
    talk.client_receives("a", "$1\r\n0\r\n");
    talk.client_sends("a",
                      resp("GET", "k") + resp("GET", "k") + resp("GET", "k") + resp("GET", "k"));
    talk.passes(300ms);
    talk.server_sends("s1", "$1\r\n1\r\n");
    talk.client_receives("a", "$1\r\n1\r\n");
    talk.passes(300ms);
    talk.client_receives("a",
                         "-ERR Connection timed out\r\n-ERR Connection timed out\r\n"
                         "-ERR Connection timed out\r\n");
    talk.server_sends("s1", "$1\r\n2\r\n");
    talk.passes(300ms);
    talk.server_sends("s1", "$1\r\n");  // part of a response is not silence either
    talk.passes(300ms);
    talk.server_sends("s1", "3\r\n$1\r\n4\r\n");

    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\n5\r\n");
    talk.client_receives("a", "$1\r\n5\r\n");
    const auto to_server = [](const wire& each) { return each.host == "s1"; };
    EXPECT_EQ(std::ranges::count_if(talk.network().wires, to_server), 1) << "never connected anew";
  });
}

// The server answers each request, 100 ms after its client was told that it is late.
void be_late(conversation& talk, int times) {
  for (int left = times; left > 0; --left) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.passes(100ms);
    talk.server_sends("s1", "$1\r\nv\r\n");
  }
}

TEST(time_out, gives_up_a_server_that_lets_sixteen_deadlines_pass_in_a_row) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    be_late(talk, 15);
    wire& server = *talk.network().latest("s1");
    EXPECT_FALSE(server.closed_by_proxy);
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    EXPECT_TRUE(server.closed_by_proxy);
    talk.client_sends("a", resp("GET", "k"));
    EXPECT_NE(talk.network().latest("s1"), &server);
  });
}

TEST(time_out, keeps_a_server_that_is_late_but_not_always) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    be_late(talk, 15);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    be_late(talk, 15);
    EXPECT_FALSE(talk.network().latest("s1")->closed_by_proxy);
  });
}

TEST(time_out, keeps_a_server_that_is_late_once_with_many_waiting) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    std::string asked, answered;
    for (int left = 40; left > 0; --left) {
      asked += resp("GET", "k");
      answered += "$1\r\nv\r\n";
    }
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_sends("a", asked);
    talk.passes(400ms);
    talk.server_sends("s1", answered);
    EXPECT_FALSE(talk.network().latest("s1")->closed_by_proxy);
  });
}

TEST(time_out, times_out_a_server_that_cannot_be_reached) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.server_is_unreachable("s1");
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.server_is_closed("s1");
  });
}

TEST(time_out, counts_one_time_out_for_all_requests_that_expire_together) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + resp("GET", "k") + resp("GET", "k"));
    talk.passes(400ms);
    EXPECT_EQ(talk.counters_of(0).server_timedout.get(), 1);
  });
}

}  // namespace
}  // namespace dovetail::testing
