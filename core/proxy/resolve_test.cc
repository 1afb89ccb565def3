// Where the names of servers lead, as conversations.

#include <chrono>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

pool_config resolving() {
  pool_config pool = redis_pool({"s1"});
  pool.timeout_ms = 60000;
  pool.resolve_ttl_ms = 1000;
  return pool;
}

// One exchange, after which s1 is connected where its name led first.
wire& connected(conversation& talk) {
  talk.network().addresses["s1"] = "10.0.0.1:6379";
  talk.client_sends("a", resp("GET", "k"));
  talk.server_sends("s1", "$1\r\n0\r\n");
  talk.client_receives("a", "$1\r\n0\r\n");
  wire& lane = *talk.network().latest("s1");
  lane.to_peer.clear();
  return lane;
}

// As the proxy finds out.
void name_moves(conversation& talk, const char* to) {
  talk.network().addresses["s1"] = to;
  talk.passes(1s);
}

// It has asked something of the connection that is left.
wire& left_while_asked(conversation& talk) {
  wire& lane = connected(talk);
  talk.client_sends("a", resp("INCR", "k"));
  name_moves(talk, "10.0.0.2:6379");
  return lane;
}

std::size_t connections(conversation& talk) {
  std::size_t open = 0;
  for (const wire& each : talk.network().wires)
    open += each.host == "s1" && !each.closed_by_proxy ? 1 : 0;
  return open;
}

TEST(resolve, looks_again_and_stays_where_the_name_still_leads) {
  both_speeds(resolving(), [](conversation& talk) {
    const wire& lane = connected(talk);
    talk.passes(999ms);
    EXPECT_EQ(talk.network().latest("s1"), &lane);
    for (int round = 0; round < 3; ++round) {
      const wire* const before = talk.network().latest("s1");
      talk.passes(1s);
      EXPECT_NE(talk.network().latest("s1"), before);
      EXPECT_EQ(talk.network().latest("s1")->to_peer, "");
      EXPECT_FALSE(lane.closed_by_proxy);
      EXPECT_EQ(connections(talk), 1U);
    }
    talk.log_says("");
  });
}

TEST(resolve, never_looks_unless_told_to) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    const wire& lane = connected(talk);
    talk.passes(24h);
    EXPECT_EQ(talk.network().latest("s1"), &lane);
  });
}

TEST(resolve, moves_an_idle_connection_at_once) {
  both_speeds(resolving(), [](conversation& talk) {
    const wire& lane = connected(talk);
    name_moves(talk, "10.0.0.2:6379");
    EXPECT_TRUE(lane.closed_by_proxy);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\n1\r\n");
    talk.client_receives("a", "$1\r\n1\r\n");
    EXPECT_EQ(connections(talk), 1U);
    talk.log_says("s1 has moved from 10.0.0.1:6379 to 10.0.0.2:6379\n");
  });
}

TEST(resolve, lets_the_former_connection_answer_first) {
  both_speeds(resolving(), [](conversation& talk) {
    wire& lane = left_while_asked(talk);
    talk.client_sends("a", resp("GET", "k"));
    talk.client_sends("b", resp("GET", "l"));
    EXPECT_EQ(lane.to_peer, resp("INCR", "k"));
    talk.server_receives("s1", "");

    lane.to_proxy += ":1\r\n";
    talk.settle_down();
    EXPECT_TRUE(lane.closed_by_proxy);
    talk.client_receives("a", ":1\r\n");
    talk.server_receives("s1", resp("GET", "k") + resp("GET", "l"));
    talk.server_sends("s1", "$1\r\n1\r\n$1\r\n2\r\n");
    talk.client_receives("a", "$1\r\n1\r\n");
    talk.client_receives("b", "$1\r\n2\r\n");
  });
}

TEST(resolve, goes_on_at_the_new_address_when_the_former_connection_is_lost) {
  both_speeds(resolving(), [](conversation& talk) {
    wire& lane = left_while_asked(talk);
    talk.client_sends("b", resp("GET", "l"));
    lane.peer_finished = true;
    talk.settle_down();
    talk.client_receives("a", "-ERR Server closed the connection\r\n");
    talk.server_receives("s1", resp("GET", "l"));
    talk.server_sends("s1", "$1\r\n2\r\n");
    talk.client_receives("b", "$1\r\n2\r\n");
  });
}

TEST(resolve, keeps_the_order_also_when_the_new_connection_is_lost_meanwhile) {
  both_speeds(resolving(), [](conversation& talk) {
    wire& lane = left_while_asked(talk);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_finishes("s1");
    talk.client_sends("a", resp("GET", "l"));
    talk.server_receives("s1", "");

    lane.to_proxy += ":1\r\n";
    talk.settle_down();
    talk.server_receives("s1", resp("GET", "k") + resp("GET", "l"));
    talk.server_sends("s1", "$1\r\n1\r\n$1\r\n2\r\n");
    talk.client_receives("a", ":1\r\n$1\r\n1\r\n$1\r\n2\r\n");
  });
}

TEST(resolve, keeps_the_order_when_a_name_moves_twice) {
  both_speeds(resolving(), [](conversation& talk) {
    wire& first = left_while_asked(talk);
    wire& second = *talk.network().latest("s1");
    talk.client_sends("a", resp("INCR", "k"));
    name_moves(talk, "10.0.0.3:6379");
    wire& third = *talk.network().latest("s1");
    talk.client_sends("a", resp("INCR", "k"));
    EXPECT_EQ(second.to_peer + third.to_peer, "");

    first.to_proxy += ":1\r\n";
    talk.settle_down();
    EXPECT_EQ(second.to_peer, resp("INCR", "k"));
    EXPECT_EQ(third.to_peer, "");
    second.to_proxy += ":2\r\n";
    talk.settle_down();
    EXPECT_EQ(third.to_peer, resp("INCR", "k"));
    third.to_proxy += ":3\r\n";
    talk.settle_down();
    talk.client_receives("a", ":1\r\n:2\r\n:3\r\n");
    EXPECT_EQ(connections(talk), 1U);
  });
}

TEST(resolve, moves_only_to_a_server_that_accepts_the_greeting) {
  pool_config pool = resolving();
  pool.redis_auth = "secret";
  both_speeds(pool, [](conversation& talk) {
    talk.network().addresses["s1"] = "10.0.0.1:6379";
    talk.client_sends("a", resp("AUTH", "secret") + resp("GET", "k"));
    talk.server_sends("s1", "+OK\r\n");
    talk.server_sends("s1", "$1\r\n0\r\n");
    wire& lane = *talk.network().latest("s1");
    lane.to_peer.clear();
    name_moves(talk, "10.0.0.2:6379");
    talk.server_receives("s1", resp("AUTH", "secret"));
    talk.server_sends("s1", "-WRONGPASS no\r\n");
    EXPECT_FALSE(lane.closed_by_proxy);

    talk.passes(1s);
    talk.server_receives("s1", resp("AUTH", "secret"));
    talk.server_sends("s1", "+OK\r\n");
    EXPECT_TRUE(lane.closed_by_proxy);
    talk.client_receives("a", "+OK\r\n$1\r\n0\r\n");
  });
}

TEST(resolve, stays_when_nobody_is_where_the_name_leads_and_calls_that_no_failure) {
  pool_config pool = resolving();
  pool.auto_eject_hosts = true;
  pool.server_failure_limit = 1;
  both_speeds(pool, [](conversation& talk) {
    wire& lane = connected(talk);
    talk.server_refuses("s1");
    talk.passes(1s);
    EXPECT_FALSE(lane.closed_by_proxy);
    EXPECT_FALSE(talk.subject().servers(0).is_out(0));
    talk.log_says("s1 closed: Connection refused\n");
    talk.client_sends("a", resp("GET", "k"));
    EXPECT_EQ(lane.to_peer, resp("GET", "k"));
    lane.to_proxy += "$1\r\n1\r\n";
    talk.settle_down();
    talk.client_receives("a", "$1\r\n1\r\n");
  });
}

TEST(resolve, sends_one_scout_at_a_time) {
  pool_config pool = resolving();
  pool.timeout_ms = 2500;
  both_speeds(pool, [](conversation& talk) {
    connected(talk);
    talk.server_is_unreachable("s1");
    talk.passes(1s);
    const wire& scout = *talk.network().latest("s1");
    talk.passes(1s);
    EXPECT_EQ(talk.network().latest("s1"), &scout);
    EXPECT_EQ(connections(talk), 2U);
    talk.passes(2s);
    EXPECT_TRUE(scout.closed_by_proxy);
    EXPECT_EQ(connections(talk), 2U);
  });
}

TEST(resolve, moves_every_lane) {
  pool_config pool = resolving();
  pool.server_connections = 2;
  both_speeds(pool, [](conversation& talk) {
    wire& first = connected(talk);
    talk.client_sends("b", resp("GET", "k"));
    wire& second = *talk.network().latest("s1");
    ASSERT_NE(&first, &second);
    name_moves(talk, "10.0.0.2:6379");
    EXPECT_TRUE(first.closed_by_proxy);
    EXPECT_FALSE(second.closed_by_proxy);
    talk.client_sends("b", resp("GET", "l"));
    talk.server_receives("s1", "");
    second.to_proxy += "$1\r\n1\r\n";
    talk.settle_down();
    talk.server_receives("s1", resp("GET", "l"));
    talk.server_sends("s1", "$1\r\n2\r\n");
    talk.client_receives("b", "$1\r\n1\r\n$1\r\n2\r\n");
    EXPECT_EQ(connections(talk), 2U);
  });
}

TEST(resolve, asks_nothing_of_an_address_that_is_no_name) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    pool_config pool = resolving();
    pool.servers[0].address.host = host;
    both_speeds(pool, [host](conversation& talk) {
      talk.client_sends("a", resp("GET", "k"));
      talk.server_sends(host, "$1\r\n0\r\n");
      talk.client_receives("a", "$1\r\n0\r\n");
      const wire* const lane = talk.network().latest(host);
      talk.passes(1h);
      EXPECT_EQ(talk.network().latest(host), lane);
    });
  }
}

TEST(resolve, outlives_a_reload) {
  both_speeds(resolving(), [](conversation& talk) {
    wire& lane = left_while_asked(talk);
    talk.client_sends("a", resp("GET", "k"));
    pool_config next = resolving();
    next.timeout_ms = 70000;
    talk.proxy_reloads(next);
    talk.server_receives("s1", "");
    lane.to_proxy += ":1\r\n";
    talk.settle_down();
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\n1\r\n");
    talk.client_receives("a", ":1\r\n$1\r\n1\r\n");
  });
}

}  // namespace
}  // namespace dovetail::testing
