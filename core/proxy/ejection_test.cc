// Servers that fail, are out, and come back, as conversations.

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"
#include "stats/counters.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

// A server is out after one failure, for five seconds.
pool_config ejecting(pool_config pool) {
  pool.auto_eject_hosts = true;
  pool.server_failure_limit = 1;
  pool.server_retry_timeout_ms = 5000;
  return pool;
}

// Has s1, which is asked for key `k`, refuse once; then it may be connected to again.
void eject_s1(conversation& talk, const std::string& request) {
  talk.server_refuses("s1");
  talk.client_sends("a", request);
  talk.network().refusing.clear();
  EXPECT_EQ(talk.counters().server_ejects.get(), 1);
  talk.client("a").to_peer.clear();
}

std::size_t connections_to(conversation& talk, const std::string& server) {
  std::size_t count = 0;
  for (const wire& each : talk.network().wires)
    count += each.host == server ? 1 : 0;
  return count;
}

TEST(ejection, says_when_a_server_was_ejected) {
  both_speeds(ejecting(redis_pool({"s1", "s2"})), [](conversation& talk) {
    talk.server_refuses("s1");
    talk.client_sends("a", resp("GET", talk.key_for("s1")));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    EXPECT_EQ(talk.counters().server_ejects.get(), 1);
    EXPECT_GT(talk.counters_of(0).server_ejected_at.get(), 0);
    EXPECT_EQ(talk.counters_of(1).server_ejected_at.get(), 0);
  });
}

// That we have no descriptor is not the server's fault.
TEST(ejection, is_not_for_what_we_lack_ourselves) {
  both_speeds(ejecting(redis_pool({"s1"})), [](conversation& talk) {
    talk.network().exhausted = true;
    talk.client_sends("a", resp("GET", "k"));
    talk.client_receives("a", "-ERR Too many open files\r\n");
    EXPECT_EQ(talk.counters().server_ejects.get(), 0);
    talk.network().exhausted = false;
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
  });
}

TEST(ejection, tells_nobody_of_a_noreply_that_finds_its_server_out) {
  pool_config pool = ejecting(memcache_pool({"s1"}));
  pool.eject_rehash = false;
  both_speeds(pool, [](conversation& talk) {
    eject_s1(talk, "get k\r\n");
    talk.client_sends("a", "set k 0 0 1 noreply\r\nv\r\nget k\r\n");
    talk.client_receives("a", "SERVER_ERROR Connection refused\r\n");
  });
}

TEST(ejection, is_logged_and_shown_until_its_end) {
  both_speeds(ejecting(redis_pool({"s1", "s2"})), [](conversation& talk) {
    eject_s1(talk, resp("GET", talk.key_for("s1")));
    EXPECT_EQ(talk.counters_of(0).ejected.get(), 1);
    EXPECT_EQ(talk.counters_of(1).ejected.get(), 0);
    talk.passes(5s);
    talk.server_sends("s1", "+PONG\r\n");
    EXPECT_EQ(talk.counters_of(0).ejected.get(), 0);
    talk.log_says(
        "s1 closed: Connection refused\n"
        "s1 ejected: Connection refused, for 5000 ms\n"
        "s1 is back after 5000 ms\n");
  });
}

TEST(ejection, is_shown_no_more_when_a_reload_ends_it) {
  const pool_config before = ejecting(redis_pool({"s1", "s2"}));
  both_speeds(before, [&](conversation& talk) {
    eject_s1(talk, resp("GET", talk.key_for("s1")));
    pool_config next = before;
    next.timeout_ms = 7000;
    talk.proxy_reloads(next);
    EXPECT_EQ(talk.counters_of(0).ejected.get(), 1);
    next.auto_eject_hosts = false;
    talk.proxy_reloads(next);
    EXPECT_EQ(talk.counters_of(0).ejected.get(), 0);
  });
}

TEST(ejection, of_a_pool_that_only_finishes_is_not_shown_for_its_successor) {
  const pool_config before = ejecting(redis_pool({"s1"}));
  both_speeds(before, [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    pool_config next = before;
    next.redis_db = 1;
    talk.proxy_reloads(next);
    talk.server_resets("s1");
    talk.client_receives("a", "-ERR Connection reset by peer\r\n");
    EXPECT_EQ(talk.counters().server_ejects.get(), 1);
    EXPECT_EQ(talk.counters_of(0).ejected.get(), 0);
  });
}

TEST(ejection, ends_with_the_answer_to_one_probe) {
  both_speeds(ejecting(redis_pool({"s1"})), [](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(4999ms);
    EXPECT_EQ(connections_to(talk, "s1"), 1U);
    talk.passes(1ms);
    talk.server_receives("s1", resp("PING"));
    talk.client_sends("a", resp("GET", "k"));
    talk.client_receives("a", "-ERR Connection refused\r\n");

    talk.server_sends("s1", "+PONG\r\n");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    EXPECT_EQ(connections_to(talk, "s1"), 2U) << "the probe's connection goes on as a lane";
  });
}

TEST(ejection, asks_memcached_for_its_version) {
  both_speeds(ejecting(memcache_pool({"s1"})), [](conversation& talk) {
    eject_s1(talk, "get k\r\n");
    talk.passes(5s);
    talk.server_receives("s1", "version\r\n");
    talk.server_sends("s1", "VERSION 1.6.18\r\n");
    talk.client_sends("a", "get k\r\n");
    talk.server_receives("s1", "get k\r\n");
    talk.server_sends("s1", "END\r\n");
    talk.client_receives("a", "END\r\n");
  });
}

TEST(ejection, greets_before_it_probes) {
  pool_config pool = ejecting(redis_pool({"s1"}));
  pool.redis_db = 2;
  both_speeds(pool, [](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(5s);
    talk.server_receives("s1", resp("SELECT", "2"));
    talk.server_sends("s1", "+OK\r\n");
    talk.server_receives("s1", resp("PING"));
    talk.server_sends("s1", "+PONG\r\n");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
  });
}

// What a probe may get instead of its answer, until the server is out for five seconds more.
void stays_out(const std::function<void(conversation&)>& what_happens) {
  both_speeds(ejecting(redis_pool({"s1"})), [&](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(5s);
    what_happens(talk);
    const std::size_t connections = connections_to(talk, "s1");
    talk.network().refusing.clear();
    talk.server_is_closed("s1");
    talk.client_sends("a", resp("GET", "k"));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    talk.passes(4500ms);
    EXPECT_EQ(connections_to(talk, "s1"), connections);
    talk.passes(500ms);
    talk.server_receives("s1", resp("PING"));
    EXPECT_EQ(talk.counters().server_ejects.get(), 1);
  });
}

TEST(ejection, goes_on_when_the_probe_is_not_answered_in_time) {
  stays_out([](conversation& talk) { talk.passes(400ms); });
}

TEST(ejection, goes_on_when_the_probes_connection_is_lost) {
  stays_out([](conversation& talk) { talk.server_resets("s1"); });
}

TEST(ejection, goes_on_when_the_server_is_still_loading) {
  stays_out([](conversation& talk) {
    talk.server_sends("s1", "-LOADING Redis is loading the dataset in memory\r\n");
  });
}

TEST(ejection, goes_on_when_the_probes_answer_is_none) {
  stays_out([](conversation& talk) { talk.server_sends("s1", ":1\r\n"); });
}

// Such as a second answer to the greeting.
TEST(ejection, goes_on_when_the_probes_answer_is_one_to_something_else) {
  stays_out([](conversation& talk) { talk.server_sends("s1", "+OK\r\n"); });
}

TEST(ejection, is_probed_in_server_retry_timeout_where_there_is_no_timeout) {
  pool_config pool = ejecting(redis_pool({"s1"}));
  pool.timeout_ms = 0;
  both_speeds(pool, [](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(5s);
    talk.server_receives("s1", resp("PING"));
    talk.passes(4999ms);
    EXPECT_FALSE(talk.network().latest("s1")->closed_by_proxy);
    talk.passes(1ms);
    talk.server_is_closed("s1");
  });
}

TEST(ejection, closes_the_probes_connection_where_every_lane_is_open) {
  both_speeds(ejecting(redis_pool({"s1"})), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.server_sends("s1", "$1\r\nv\r\n");
    wire& lane = *talk.network().latest("s1");
    talk.passes(5s);
    talk.server_receives("s1", resp("PING"));
    talk.server_sends("s1", "+PONG\r\n");
    talk.server_is_closed("s1");
    EXPECT_FALSE(lane.closed_by_proxy);
    EXPECT_EQ(talk.counters_of(0).server_connections.get(), 1);
    lane.to_peer.clear();
    talk.client_sends("a", resp("GET", "k"));
    EXPECT_EQ(lane.to_peer, resp("GET", "k"));
  });
}

TEST(ejection, outlives_a_reload_and_so_does_its_probe) {
  pool_config wider = ejecting(redis_pool({"s1"}));
  wider.timeout_ms = 600;
  both_speeds(ejecting(redis_pool({"s1"})), [&](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(5s);
    talk.server_receives("s1", resp("PING"));
    talk.proxy_reloads(wider);
    talk.client_sends("a", resp("GET", "k"));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    talk.passes(599ms);
    EXPECT_EQ(connections_to(talk, "s1"), 2U);
    talk.server_sends("s1", "+PONG\r\n");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
  });
}

TEST(ejection, ends_with_a_reload_that_ejects_nobody) {
  both_speeds(ejecting(redis_pool({"s1"})), [&](conversation& talk) {
    eject_s1(talk, resp("GET", "k"));
    talk.passes(5s);
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.server_resets("s1");
    talk.passes(1h);
    EXPECT_EQ(connections_to(talk, "s1"), 2U);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
  });
}

TEST(ejection, refuses_at_once_what_it_would_not_give_to_another_server) {
  pool_config pool = ejecting(redis_pool({"s1", "s2"}));
  pool.eject_rehash = false;
  both_speeds(pool, [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    eject_s1(talk, resp("GET", one));
    talk.client_sends("a", resp("GET", one) + resp("GET", two) + resp("MSET", one, "1", two, "2"));
    talk.server_receives("s2", resp("GET", two));
    talk.server_sends("s2", "$1\r\n2\r\n");
    talk.client_receives(
        "a", "-ERR Connection refused\r\n$1\r\n2\r\n-ERR server \"s1\": Connection refused\r\n");
    talk.passes(5s);
    talk.server_sends("s1", "+PONG\r\n");
    talk.server_receives("s1", resp("PING"));
    talk.client_sends("a", resp("GET", one));
    talk.server_receives("s1", resp("GET", one));
  });
}

TEST(ejection, gives_the_keys_of_a_server_that_is_out_to_the_others) {
  both_speeds(ejecting(redis_pool({"s1", "s2"})), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    eject_s1(talk, resp("GET", one));
    talk.client_sends("a", resp("GET", one));
    talk.server_receives("s2", resp("GET", one));
    talk.server_sends("s2", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
  });
}

// One exchange; then what is no failure of the server.
void is_no_failure(const std::function<void(conversation&)>& what_happens) {
  both_speeds(ejecting(redis_pool({"s1"})), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    what_happens(talk);
    EXPECT_EQ(talk.counters().server_ejects.get(), 0);
  });
}

TEST(ejection, does_not_follow_from_an_idle_close) {
  is_no_failure([](conversation& talk) { talk.server_finishes("s1"); });
}

TEST(ejection, does_not_follow_from_a_reset_while_nobody_waits) {
  is_no_failure([](conversation& talk) { talk.server_resets("s1"); });
}

TEST(ejection, does_not_follow_from_a_stray_response) {
  is_no_failure([](conversation& talk) { talk.server_sends("s1", "+OK\r\n"); });
}

TEST(ejection, does_not_follow_from_an_error_reply) {
  is_no_failure([](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "-LOADING Redis is loading the dataset in memory\r\n");
    talk.client_receives("a", "-LOADING Redis is loading the dataset in memory\r\n");
  });
}

// One request that is not answered; then what is a failure of the server.
void is_a_failure(const std::function<void(conversation&)>& what_happens) {
  both_speeds(ejecting(redis_pool({"s1"})), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    EXPECT_EQ(talk.counters().server_ejects.get(), 0);
    what_happens(talk);
    EXPECT_EQ(talk.counters().server_ejects.get(), 1);
  });
}

TEST(ejection, follows_from_a_reset_while_somebody_waits) {
  is_a_failure([](conversation& talk) { talk.server_resets("s1"); });
}

TEST(ejection, follows_from_an_end_of_stream_while_somebody_waits) {
  is_a_failure([](conversation& talk) { talk.server_finishes("s1"); });
}

TEST(ejection, follows_from_a_time_out) {
  is_a_failure([](conversation& talk) { talk.passes(400ms); });
}

}  // namespace
}  // namespace dovetail::testing
