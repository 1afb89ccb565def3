// Requests that go to every server of a pool, or to one by its place, as conversations.

#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "stats/counters.h"

namespace dovetail::testing {
namespace {

TEST(fan_out, asks_every_server_and_gives_one_reply) {
  each_way(redis_pool({"s1", "s2", "s3"}), [](conversation& talk) {
    talk.client_sends("a", resp("DBSIZE"));
    for (const char* const server : {"s1", "s2", "s3"})
      talk.server_receives(server, resp("DBSIZE"));
    talk.server_sends("s2", ":20\r\n");
    talk.server_sends("s1", ":1\r\n");
    talk.client_receives("a", "");
    talk.server_sends("s3", ":300\r\n");
    talk.client_receives("a", ":321\r\n");
  });
}

TEST(fan_out, keeps_its_place_among_other_requests) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    talk.client_sends("a", resp("PING") + resp("GET", one) + resp("KEYS", "*"));
    talk.server_receives("s1", resp("GET", one) + resp("KEYS", "*"));
    talk.server_receives("s2", resp("KEYS", "*"));
    talk.server_sends("s2", "*1\r\n$1\r\nb\r\n");
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "+PONG\r\n$1\r\nv\r\n");
    talk.server_sends("s1", "*1\r\n$1\r\na\r\n");
    talk.client_receives("a", "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  });
}

TEST(fan_out, of_one_server_is_answered_as_it_answers) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("SCRIPT", "LOAD", "x") + resp("SCRIPT", "EXISTS", "x", "y"));
    talk.server_receives("s1", resp("SCRIPT", "LOAD", "x") + resp("SCRIPT", "EXISTS", "x", "y"));
    talk.server_sends("s1", "$1\r\nh\r\n*2\r\n:1\r\n:0\r\n");
    talk.client_receives("a", "$1\r\nh\r\n*2\r\n:1\r\n:0\r\n");
  });
}

TEST(fan_out, is_one_error_when_one_server_refuses) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", resp("DBSIZE") + resp("PING"));
    talk.server_sends("s1", ":1\r\n");
    talk.server_sends("s2", "-LOADING not yet\r\n");
    talk.client_receives("a", "-LOADING not yet\r\n+PONG\r\n");
  });
}

TEST(fan_out, ends_the_connection_of_a_server_that_answers_something_else) {
  both_speeds(redis_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", resp("KEYS", "*"));
    talk.server_receives("s1", resp("KEYS", "*"));
    talk.server_receives("s2", resp("KEYS", "*"));
    talk.server_sends("s1", "*0\r\n");
    talk.server_sends("s2", ":1\r\n");
    talk.server_is_closed("s2");
    talk.client_receives("a",
                         "-ERR server \"s2\": Response from server does not fit the request\r\n");
  });
}

TEST(fan_out, names_the_server_that_is_ejected_and_asks_nobody) {
  pool_config pool = redis_pool({"s1", "s2"});
  pool.auto_eject_hosts = true;
  pool.server_failure_limit = 1;
  both_speeds(pool, [](conversation& talk) {
    talk.server_refuses("s2");
    talk.client_sends("a", resp("GET", talk.key_for("s2")));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    talk.client_sends("a", resp("DBSIZE") + resp("SCAN", "1"));
    talk.client_receives(
        "a",
        "-ERR server \"s2\": Connection refused\r\n-ERR server \"s2\": Connection refused\r\n");
    EXPECT_EQ(talk.counters_of(0).requests.get(), 0);
  });
}

TEST(fan_out, empties_every_server_where_that_is_allowed) {
  pool_config pool = redis_pool({"s1", "s2"});
  pool.allow_flush = true;
  each_way(pool, [](conversation& talk) {
    talk.client_sends("a", resp("FLUSHALL", "ASYNC"));
    talk.server_receives("s1", resp("FLUSHALL", "ASYNC"));
    talk.server_receives("s2", resp("FLUSHALL", "ASYNC"));
    talk.server_sends("s1", "+OK\r\n");
    talk.server_sends("s2", "+OK\r\n");
    talk.client_receives("a", "+OK\r\n");
  });
}

TEST(fan_out, leaves_scripts_without_keys_to_one_server) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string both = resp("EVAL", "x", "0") + resp("FUNCTION", "LIST");
    talk.client_sends("a", both);
    talk.server_receives("s1", both);
    talk.server_sends("s1", ":1\r\n*0\r\n");
    talk.client_receives("a", ":1\r\n*0\r\n");
  });
}

TEST(fan_out, scans_one_server_after_the_other) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", resp("SCAN", "0", "COUNT", "1"));
    talk.server_receives("s1", resp("SCAN", "0", "COUNT", "1"));
    talk.server_sends("s1", "*2\r\n$1\r\n2\r\n*1\r\n$1\r\na\r\n");
    talk.client_receives("a", "*2\r\n$4\r\n2048\r\n*1\r\n$1\r\na\r\n");
    talk.client_sends("a", resp("SCAN", "2048"));
    talk.server_receives("s1", resp("SCAN", "2"));
    talk.server_sends("s1", "*2\r\n$1\r\n0\r\n*0\r\n");
    talk.client_receives("a", "*2\r\n$1\r\n1\r\n*0\r\n");
    talk.client_sends("a", resp("SCAN", "1"));
    talk.server_receives("s2", resp("SCAN", "0"));
    talk.server_sends("s2", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n");
    talk.client_receives("a", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n");
  });
}

TEST(fan_out, tells_the_statistics_of_all_servers) {
  each_way(memcache_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", "version\r\nstats\r\n");
    talk.server_receives("s1", "stats\r\n");
    talk.server_receives("s2", "stats\r\n");
    talk.server_sends("s2", "STAT pid 2\r\nSTAT inter \r\nEND\r\n");
    talk.server_sends("s1", "STAT pid 1\r\nEND\r\n");
    talk.client_receives(
        "a",
        "VERSION 1.6.0-dovetail\r\nSTAT s1/pid 1\r\nSTAT s2/pid 2\r\nSTAT s2/inter \r\nEND\r\n");
  });
}

TEST(fan_out, flushes_all_without_a_word_where_none_is_wanted) {
  pool_config pool = memcache_pool({"s1", "s2"});
  pool.allow_flush = true;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", "flush_all 10 noreply\r\nflush_all\r\n");
    talk.server_receives("s1", "flush_all 10\r\nflush_all\r\n");
    talk.server_receives("s2", "flush_all 10\r\nflush_all\r\n");
    talk.server_sends("s1", "OK\r\nOK\r\n");
    talk.client_receives("a", "");
    talk.server_sends("s2", "CLIENT_ERROR flush_all not allowed\r\nOK\r\n");
    talk.client_receives("a", "OK\r\n");
  });
}

}  // namespace
}  // namespace dovetail::testing
