// What a server is told, and must accept, before any request.

#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"

namespace dovetail::testing {
namespace {

TEST(greeting, authenticates_and_selects_before_any_request) {
  pool_config pool = redis_pool({"s1"});
  pool.redis_auth = "secret";
  pool.redis_db = 2;
  each_way(pool, [](conversation& talk) {
    talk.client_sends("a", resp("AUTH", "secret") + resp("GET", "k"));
    talk.client_receives("a", "+OK\r\n");
    talk.server_receives("s1", resp("AUTH", "secret") + resp("SELECT", "2"));
    talk.server_sends("s1", "+OK\r\n+OK\r\n");
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
  });
}

TEST(greeting, takes_large_requests_only_behind_the_password) {
  pool_config pool = redis_pool({"s1"});
  pool.redis_auth = "secret";
  both_speeds(pool, [](conversation& talk) {
    const std::string large = resp("SET", "k", std::string(20000, 'v'));
    talk.client_sends("a", resp("AUTH", "secret") + large);
    talk.client_receives("a", "+OK\r\n");
    talk.server_sends("s1", "+OK\r\n");
    talk.server_sends("s1", "+OK\r\n");
    talk.client_receives("a", "+OK\r\n");
    talk.client_sends("a", resp("RESET") + "*11\r\n");
    talk.client_receives("a",
                         "+RESET\r\n-ERR Protocol error: unauthenticated multibulk length\r\n");
    talk.client_is_closed("a");
    talk.client_sends("b", "*1\r\n$20000\r\n");
    talk.client_receives("b", "-ERR Protocol error: unauthenticated bulk length\r\n");
    talk.client_is_closed("b");
  });
}

TEST(greeting, sends_nothing_to_a_server_that_refuses_the_database) {
  pool_config pool = redis_pool({"s1"});
  pool.redis_db = 99;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("SELECT", "99"));
    talk.server_sends("s1", "-ERR DB index is out of range\r\n");
    talk.client_receives("a",
                         "-ERR Server refused the connection: ERR DB index is out of range\r\n");
    talk.server_receives("s1", "");
  });
}

TEST(greeting, tells_nobody_the_password_that_a_server_repeats) {
  pool_config pool = redis_pool({"s1"});
  pool.redis_auth = "a secret of 22 letters";
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("AUTH", "a secret of 22 letters") + resp("GET", "k"));
    talk.server_receives("s1", resp("AUTH", "a secret of 22 letters"));
    talk.server_sends("s1", "-ERR unknown command 'AUTH', with args: 'a secret of 22 let'\r\n");
    talk.client_receives("a",
                         "+OK\r\n-ERR Server refused the connection: "
                         "ERR unknown command 'AUTH', with args: '\r\n");
  });
}

TEST(greeting, sends_nothing_to_a_server_that_answers_the_greeting_with_nonsense) {
  pool_config pool = redis_pool({"s1"});
  pool.redis_db = 2;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("SELECT", "2"));
    talk.server_sends("s1", "*1\r\n$1\r\nx\r\n");
    talk.client_receives("a", "-ERR Response from server does not fit the greeting\r\n");
    talk.server_receives("s1", "");
  });
}

}  // namespace
}  // namespace dovetail::testing
