// What is counted, timed and noted of requests, as conversations.

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/request_class.h"
#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"
#include "stats/counters.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(accounting, counts_how_long_a_response_took_under_the_class_of_its_request) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + resp("SET", "k", "v"));
    talk.passes(100ms);
    talk.server_sends("s1", "$-1\r\n");
    talk.passes(100ms);
    talk.server_sends("s1", "+OK\r\n");
    talk.client_receives("a", "$-1\r\n+OK\r\n");

    const auto& times = talk.counters_of(0).times;
    EXPECT_EQ(times[std::to_underlying(request_class::read)].whole.sum_us(), 100000);
    EXPECT_EQ(times[std::to_underlying(request_class::write)].whole.sum_us(), 200000);
    EXPECT_EQ(times[std::to_underlying(request_class::other)].whole.sum_us(), 0);
  });
}

TEST(accounting, tells_the_time_in_the_queue_from_that_on_the_wire) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.server_is_unreachable("s1");
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(30ms);
    talk.network().latest("s1")->connecting = false;
    talk.settle_down();
    talk.server_receives("s1", resp("GET", "k"));
    talk.passes(100ms);
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");

    const server_counters& of = talk.counters_of(0);
    const request_times& reads = of.times[std::to_underlying(request_class::read)];
    EXPECT_EQ(of.connect.sum_us(), 30000);
    EXPECT_EQ(reads.queue.sum_us(), 30000);
    EXPECT_EQ(reads.wire.sum_us(), 100000);
    EXPECT_EQ(reads.whole.sum_us(), 130000);
  });
}

TEST(accounting, shows_in_slowlog_what_took_long) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("CLIENT", "SETNAME", "me") + resp("GET", "k") + resp("GET", "l"));
    talk.passes(10ms);
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "+OK\r\n$-1\r\n");
    talk.client_sends("b", resp("GET", "m"));
    talk.server_sends("s1", "$-1\r\n$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
    talk.client_receives("b", "$-1\r\n");

    talk.client_sends("b", resp("SLOWLOG", "LEN") + resp("SLOWLOG", "GET", "1"));
    talk.client_receives("b",
                         ":2\r\n*1\r\n*6\r\n:1\r\n:1\r\n:10000\r\n*2\r\n$3\r\nGET\r\n$1\r\nl\r\n"
                         "$6\r\nclient\r\n$2\r\nme\r\n");
  });
}

// The slowest of all are those whose response never came.
TEST(accounting, shows_in_slowlog_what_was_given_up) {
  pool_config pool = redis_pool({"s1"});
  pool.timeout_ms = 100;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(100ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.client_sends("a", resp("SLOWLOG", "LEN"));
    talk.client_receives("a", ":0\r\n");
    talk.passes(100ms);
    talk.server_is_closed("s1");
    talk.client_sends("a", resp("SLOWLOG", "GET"));
    talk.client_receives("a",
                         "*1\r\n*6\r\n:0\r\n:1\r\n:200000\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
                         "$6\r\nclient\r\n$0\r\n\r\n");
  });
}

TEST(accounting, notes_no_request_where_nothing_is_slow_enough) {
  pool_config pool = redis_pool({"s1"});
  pool.slowlog_log_slower_than_us = -1;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(100ms);
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
    talk.client_sends("a", resp("SLOWLOG", "GET"));
    talk.client_receives("a", "*0\r\n");
  });
}

TEST(accounting, counts_errors_of_its_own_as_refusals) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("NOSUCH") + resp("PING") + resp("GET") + resp("SUBSCRIBE", "c"));
    talk.settle_down();

    EXPECT_EQ(talk.counters().requests_taken.get(), 4);
    EXPECT_EQ(talk.counters().requests_refused.get(), 3);
  });
}

TEST(accounting, counts_what_became_of_each_request) {
  both_speeds(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "set k 0 0 1 noreply\r\nv\r\nget k\r\nversion\r\n");
    talk.server_sends("s1", "STORED\r\nEND\r\n");
    talk.client_sends("a", "get k\r\n");
    talk.client_sends("b", "get k\r\n");
    talk.client_resets("b");
    talk.server_resets("s1");
    const pool_counters& of_clients = talk.counters();
    EXPECT_EQ(of_clients.requests_taken.get(), 5);
    EXPECT_EQ(of_clients.requests_silent.get(), 1);
    EXPECT_EQ(of_clients.requests_replied.get(), 3);
    EXPECT_EQ(of_clients.requests_dropped.get(), 1);
    const server_counters& of_server = talk.counters_of(0);
    EXPECT_EQ(of_server.requests.get(), 4);
    EXPECT_EQ(of_server.delivered.get(), 1);
    EXPECT_EQ(of_server.swallowed.get(), 1);
    EXPECT_EQ(of_server.lost.get(), 2);
  });
}

}  // namespace
}  // namespace dovetail::testing
