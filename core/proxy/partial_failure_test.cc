// Requests over several servers of which one fails, as conversations.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

pool_config by_key(pool_config pool) {
  pool.on_partial_failure = partial_failure_kind::per_key;
  return pool;
}

TEST(partial_failure, is_one_error_that_names_the_server) {
  both_speeds(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", one, two) + resp("GET", two) + resp("PING"));
    talk.server_sends("s1", "*1\r\n$1\r\n1\r\n");
    talk.passes(400ms);
    talk.client_receives("a",
                         "-ERR server \"s2\": Connection timed out\r\n"
                         "-ERR Connection timed out\r\n+PONG\r\n");
  });
}

TEST(partial_failure, is_told_word_for_word_where_the_server_has_said_it) {
  both_speeds(by_key(redis_pool({"s1", "s2"})), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", one, two, one));
    talk.server_sends("s1", "-LOADING Redis is loading the dataset in memory\r\n");
    talk.server_sends("s2", "*1\r\n$1\r\n2\r\n");
    talk.client_receives("a",
                         "*3\r\n-LOADING Redis is loading the dataset in memory\r\n$1\r\n2\r\n"
                         "-LOADING Redis is loading the dataset in memory\r\n");
  });
}

TEST(partial_failure, leaves_the_keys_of_other_servers_alone) {
  both_speeds(by_key(redis_pool({"s1", "s2"})), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", two, one, two));
    talk.server_receives("s1", resp("MGET", one));
    talk.server_resets("s1");
    talk.client_receives("a", "");
    talk.server_sends("s2", "*2\r\n$1\r\nx\r\n$-1\r\n");
    talk.client_receives("a",
                         "*3\r\n$1\r\nx\r\n-ERR server \"s1\": Connection reset by peer\r\n"
                         "$-1\r\n");
  });
}

TEST(partial_failure, is_no_miss_of_memcached) {
  both_speeds(by_key(memcache_pool({"s1", "s2"})), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", "get " + two + " " + one + "\r\n");
    talk.server_resets("s1");
    talk.server_sends("s2", "VALUE " + two + " 0 1\r\n2\r\nEND\r\n");
    talk.client_receives("a", "VALUE " + two +
                                  " 0 1\r\n2\r\n"
                                  "SERVER_ERROR server \"s1\": Connection reset by peer\r\n");
    talk.client_sends("a", "version\r\n");
    EXPECT_TRUE(talk.client("a").to_peer.starts_with("VERSION"));
  });
}

TEST(partial_failure, is_an_error_of_each_key_where_every_server_fails) {
  both_speeds(by_key(redis_pool({"s1", "s2"})), [](conversation& talk) {
    talk.client_sends("a", resp("MGET", talk.key_for("s1"), talk.key_for("s2")));
    talk.passes(400ms);
    talk.client_receives("a",
                         "*2\r\n-ERR server \"s1\": Connection timed out\r\n"
                         "-ERR server \"s2\": Connection timed out\r\n");
  });
}

TEST(partial_failure, of_other_commands_is_always_one_error) {
  both_speeds(by_key(redis_pool({"s1", "s2"})), [](conversation& talk) {
    talk.client_sends("a", resp("DEL", talk.key_for("s1"), talk.key_for("s2")));
    talk.server_sends("s1", ":1\r\n");
    talk.server_resets("s2");
    talk.client_receives("a", "-ERR server \"s2\": Connection reset by peer\r\n");
  });
}

TEST(partial_failure, asks_the_others_where_one_is_out) {
  pool_config pool = by_key(redis_pool({"s1", "s2"}));
  pool.auto_eject_hosts = true;
  pool.eject_rehash = false;
  pool.server_failure_limit = 1;
  both_speeds(pool, [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.server_refuses("s1");
    talk.client_sends("a", resp("GET", one));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    talk.client_sends("a", resp("MGET", one, two) + resp("MSET", one, "1", two, "2"));
    talk.server_receives("s2", resp("MGET", two));
    talk.server_sends("s2", "*1\r\n$1\r\n2\r\n");
    talk.client_receives("a",
                         "*2\r\n-ERR server \"s1\": Connection refused\r\n$1\r\n2\r\n"
                         "-ERR server \"s1\": Connection refused\r\n");
  });
}

}  // namespace
}  // namespace dovetail::testing
