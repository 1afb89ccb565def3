// Clients that say nothing any more, as conversations.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

pool_config impatient() {
  pool_config pool = redis_pool({"s1"});
  pool.timeout_ms = 0;
  pool.client_idle_timeout_ms = 1000;
  return pool;
}

TEST(idle_client, is_closed_when_it_says_nothing_from_the_start) {
  both_speeds(impatient(), [](conversation& talk) {
    talk.client("a");
    talk.settle_down();
    talk.passes(999ms);
    EXPECT_FALSE(talk.client("a").proxy_finished);
    talk.passes(1ms);
    talk.client_is_closed("a");
  });
}

TEST(idle_client, is_one_that_has_its_replies_and_asks_nothing_more) {
  both_speeds(impatient(), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(10s);
    EXPECT_FALSE(talk.client("a").proxy_finished) << "it is owed a reply";
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.passes(999ms);
    EXPECT_FALSE(talk.client("a").proxy_finished);
    talk.client_sends("a", resp("PING"));
    talk.client_receives("a", "+PONG\r\n");
    talk.passes(999ms);
    EXPECT_FALSE(talk.client("a").proxy_finished);
    talk.passes(1ms);
    talk.client_is_closed("a");
  });
}

TEST(idle_client, is_none_that_owes_the_rest_of_a_request_or_has_not_read_its_reply) {
  both_speeds(impatient(), [](conversation& talk) {
    talk.client_sends("a", "*2\r\n$4\r\nECHO\r\n");
    talk.client("b");
    talk.client_stops_reading("b");
    talk.client_sends("b", resp("PING"));
    talk.passes(10s);
    EXPECT_FALSE(talk.client("a").proxy_finished);
    EXPECT_FALSE(talk.client("b").proxy_finished);
    talk.client_sends("a", "$1\r\nx\r\n");
    talk.client_receives("a", "$1\r\nx\r\n");
    talk.client_reads_again("b");
    talk.client_receives("b", "+PONG\r\n");
    talk.passes(1s);
    talk.client_is_closed("a");
    talk.client_is_closed("b");
  });
}

TEST(idle_client, stays_where_nothing_is_said_of_it) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client("a");
    talk.settle_down();
    talk.passes(1h);
    EXPECT_FALSE(talk.client("a").proxy_finished);
  });
}

TEST(idle_client, is_closed_by_what_a_reload_says) {
  pool_config patient = impatient();
  patient.client_idle_timeout_ms = 0;
  both_speeds(patient, [](conversation& talk) {
    talk.client("a");
    talk.settle_down();
    talk.passes(10s);
    talk.proxy_reloads(impatient());
    talk.passes(1s);
    talk.client_is_closed("a");
  });
}

}  // namespace
}  // namespace dovetail::testing
