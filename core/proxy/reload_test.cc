// Another configuration takes over, at every moment of a conversation.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(reload, leaves_an_unchanged_pool_as_it_is) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nw\r\n");
  });
}

TEST(reload, keeps_clients_and_the_connections_to_servers_that_stay) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.proxy_reloads(redis_pool({"s1", "s2"}));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("GET", one) + resp("GET", two));
    talk.server_receives("s1", resp("GET", one));
    talk.server_receives("s2", resp("GET", two));
    talk.server_sends("s2", "$1\r\n2\r\n");
    talk.server_sends("s1", "$1\r\n1\r\n");
    talk.client_receives("a", "$1\r\n1\r\n$1\r\n2\r\n");
  });
}

TEST(reload, lets_a_server_that_is_removed_answer_what_it_was_asked) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string key = talk.key_for("s2");
    talk.client_sends("a", resp("GET", key));
    talk.server_receives("s2", resp("GET", key));
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.client_sends("a", resp("GET", key));
    talk.server_receives("s1", resp("GET", key));
    talk.server_sends("s1", "$3\r\nnew\r\n");
    talk.server_sends("s2", "$3\r\nold\r\n");
    talk.client_receives("a", "$3\r\nold\r\n$3\r\nnew\r\n");
    talk.server_is_closed("s2");
  });
}

TEST(reload, joins_a_request_that_was_split_before_over_a_server_that_is_removed) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", two, one));
    talk.server_receives("s1", resp("MGET", one));
    talk.server_receives("s2", resp("MGET", two));
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.server_sends("s1", "*1\r\n$1\r\n1\r\n");
    talk.server_sends("s2", "*1\r\n$1\r\n2\r\n");
    talk.client_receives("a", "*2\r\n$1\r\n2\r\n$1\r\n1\r\n");
    talk.server_is_closed("s2");
  });
}

TEST(reload, closes_an_idle_connection_to_a_server_that_is_removed) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string key = talk.key_for("s2");
    talk.client_sends("a", resp("GET", key));
    talk.server_receives("s2", resp("GET", key));
    talk.server_sends("s2", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.server_is_closed("s2");
  });
}

TEST(reload, says_why_a_server_that_is_removed_did_not_answer) {
  both_speeds(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string key = talk.key_for("s2");
    talk.client_sends("a", resp("GET", key));
    talk.server_receives("s2", resp("GET", key));
    talk.proxy_reloads(redis_pool({"s1"}));
    talk.server_resets("s2");
    talk.client_receives("a", "-ERR Connection reset by peer\r\n");
    EXPECT_EQ(talk.counters_of(0).server_err.get(), 0) << "not the fault of the one that stays";
  });
}

TEST(reload, connects_anew_to_a_server_whose_address_has_changed) {
  pool_config there = redis_pool({"s1"});
  there.servers[0].address.host = "elsewhere";
  each_way(redis_pool({"s1"}), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.proxy_reloads(there);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("elsewhere", resp("GET", "k"));
    talk.server_sends("elsewhere", "$1\r\nw\r\n");
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.server_is_closed("s1");
  });
}

TEST(reload, keeps_a_client_in_its_lane_when_there_are_fewer_or_more) {
  pool_config narrow = redis_pool({"s1"});
  pool_config wide = redis_pool({"s1"});
  wide.server_connections = 3;
  for (const bool widens : {false, true}) {
    both_speeds(widens ? narrow : wide, [&](conversation& talk) {
      talk.client("first");
      talk.client_sends("a", resp("SET", "k", "v"));
      talk.server_receives("s1", resp("SET", "k", "v"));
      talk.proxy_reloads(widens ? wide : narrow);
      talk.client_sends("a", resp("GET", "k"));
      talk.server_receives("s1", resp("GET", "k"));
      EXPECT_EQ(talk.counters_of(0).server_connections.get(), 1)
          << "or the two could change places";
      talk.server_sends("s1", "+OK\r\n$1\r\nv\r\n");
      talk.client_receives("a", "+OK\r\n$1\r\nv\r\n");
    });
  }
}

TEST(reload, counts_a_new_time_out_from_now_on_for_those_who_wait) {
  pool_config patient = redis_pool({"s1"});
  pool_config hasty = redis_pool({"s1"});
  patient.timeout_ms = 0;
  hasty.timeout_ms = 100;
  both_speeds(patient, [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.passes(1h);
    talk.proxy_reloads(hasty);
    talk.passes(50ms);
    talk.client_receives("a", "");
    talk.passes(50ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.proxy_reloads(patient);
    talk.passes(1h);
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nw\r\n");
  });
}

TEST(reload, ends_the_clients_of_a_pool_with_another_password_when_they_have_their_replies) {
  pool_config locked = redis_pool({"s1"});
  locked.redis_auth = "secret";
  both_speeds(redis_pool({"s1"}), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.proxy_reloads(locked);
    talk.client_sends("b", resp("GET", "k"));
    talk.client_receives("b", "-NOAUTH Authentication required\r\n");
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.passes(10s);
    talk.client_is_closed("a");
    talk.server_is_closed("s1");
  });
}

TEST(reload, ends_a_pool_that_is_removed_when_its_clients_have_their_replies) {
  pool_config other = redis_pool({"s2"});
  other.name = "other";
  other.listen.port = 1;
  each_way(redis_pool({"s1"}), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.proxy_reloads(other);
    talk.client_sends("b", resp("GET", "k"));
    talk.server_receives("s2", resp("GET", "k"));
    talk.server_sends("s2", "$1\r\n2\r\n");
    talk.client_receives("b", "$1\r\n2\r\n");
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.passes(10s);
    talk.client_is_closed("a");
    talk.server_is_closed("s1");
  });
}

TEST(reload, answers_what_had_come_of_clients_that_it_closes) {
  pool_config other = redis_pool({"s1"});
  other.redis_db = 3;
  both_speeds(redis_pool({"s1"}), [&](conversation& talk) {
    talk.client("a").to_proxy += resp("GET", "k");
    talk.proxy_reloads(other);
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.client_is_closed("a");
  });
}

TEST(reload, goes_on_counting) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.proxy_reloads(redis_pool({"s0", "s1"}));
    EXPECT_EQ(talk.counters_of(0).requests.get(), 0);
    EXPECT_EQ(talk.counters_of(1).requests.get(), 1);
    EXPECT_EQ(talk.counters().client_connections.get(), 1);
  });
}

TEST(reload, remembers_who_is_ejected) {
  pool_config before = redis_pool({"s1", "s2"});
  before.auto_eject_hosts = true;
  before.server_failure_limit = 1;
  pool_config after = before;
  after.client_connections = 100;
  both_speeds(before, [&](conversation& talk) {
    const std::string key = talk.key_for("s1");
    talk.server_refuses("s1");
    talk.client_sends("a", resp("GET", key));
    talk.client_receives("a", "-ERR Connection refused\r\n");
    talk.proxy_reloads(after);
    talk.client_sends("a", resp("GET", key));
    talk.server_receives("s2", resp("GET", key));
    talk.server_sends("s2", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
  });
}

TEST(reload, changes_nothing_where_an_address_cannot_be_had) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    pool_config elsewhere = redis_pool({"s2"});
    elsewhere.listen.port = 7;
    talk.network().taken.push_back(to_string(elsewhere.listen));
    const auto prepared = talk.subject().prepare({.pools = {elsewhere}});
    ASSERT_FALSE(prepared.has_value());
    EXPECT_NE(prepared.error().find("cannot listen on"), std::string::npos);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
  });
}

TEST(reload, is_refused_by_a_proxy_that_is_about_to_end) {
  conversation talk(redis_pool({"s1"}), {});
  talk.proxy_stops();
  EXPECT_FALSE(talk.subject().prepare({.pools = {redis_pool({"s1"})}}).has_value());
}

TEST(reload, keeps_the_slow_log_and_follows_its_threshold) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    const auto get_in = [&](std::chrono::milliseconds time) {
      talk.client_sends("a", resp("GET", "k"));
      talk.passes(time);
      talk.server_sends("s1", "$-1\r\n");
      talk.client_receives("a", "$-1\r\n");
    };
    get_in(20ms);
    pool_config changed = redis_pool({"s1"});
    changed.slowlog_log_slower_than_us = 50000;
    talk.proxy_reloads(changed);
    get_in(20ms);
    get_in(50ms);
    talk.client_sends("a", resp("SLOWLOG", "LEN"));
    talk.client_receives("a", ":2\r\n");
  });
}

}  // namespace
}  // namespace dovetail::testing
