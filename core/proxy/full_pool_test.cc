// A pool that holds more than it should (pool_bytes_max), as conversations.

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "config/config.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"
#include "stats/counters.h"

namespace dovetail::testing {
namespace {

constexpr std::size_t whole = std::string::npos;
constexpr std::string_view too_large =
    "-ERR the pool holds too many bytes for a request of this size\r\n";

pool_config pool_of_100_kb() {
  pool_config pool = redis_pool({"s1"});
  pool.pool_bytes_max = 100000;
  return pool;
}

std::string echo(std::size_t bytes) {
  return resp("ECHO", std::string(bytes, 'x'));
}

// The first half of a SET of so many bytes.
std::string half_a_set(std::size_t bytes) {
  const std::string all = resp("SET", "k", std::string(bytes, 'x'));
  return all.substr(0, all.size() / 2);
}

TEST(full_pool, reads_no_further_from_a_client_that_does_not_read) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    talk.client_stops_reading("a");
    talk.client_sends("a", times(600, echo(1000)));
    EXPECT_LT(talk.subject().blocks().held_bytes(), 500000U);
    EXPECT_GT(talk.client("a").to_proxy.size(), 400000U) << "must wait in the socket";
    talk.client_sends("b", times(50, echo(1000)));
    talk.client_receives("b", times(50, bulk(1000)));

    talk.client_reads_again("a");
    EXPECT_EQ(talk.client("a").to_peer, times(600, bulk(1000)));
  });
}

TEST(full_pool, answers_each_of_many_clients_whenever_they_read) {
  constexpr int clients = 20;
  in_steps_of(5000, pool_of_100_kb(), [](conversation& talk) {
    for (int at = 0; at < clients; ++at) {
      talk.client_stops_reading(std::to_string(at));
      talk.client_sends(std::to_string(at), times(100, echo(1000)));
    }
    for (int at = 0; at < clients; ++at)
      talk.client_reads_again(std::to_string(at));
    for (int at = 0; at < clients; ++at) {
      EXPECT_EQ(talk.client(std::to_string(at)).to_peer, times(100, bulk(1000))) << at;
    }
  });
}

TEST(full_pool, lets_who_holds_nothing_ask_for_one_reply_after_the_other) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    talk.client_stops_reading("a");
    talk.client_sends("a", times(200, echo(1000)));
    for (int at = 0; at < 5; ++at) {
      talk.client_sends("b", times(3, resp("GET", "k")));
      for (int each = 0; each < 3; ++each)
        talk.server_sends("s1", bulk(90000));
      talk.client_receives("b", times(3, bulk(90000)));
    }
    talk.client_resets("a");
  });
}

TEST(full_pool, refuses_an_unfinished_request_that_is_larger_than_a_share) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    talk.client_sends("small", half_a_set(20000));
    talk.client_sends("large", half_a_set(150000));
    talk.client_receives("large", "");
    talk.client_sends("larger", half_a_set(180000));
    talk.client_receives("larger", too_large);
    talk.client_is_closed("larger");
    EXPECT_EQ(talk.counters().requests_refused.get(), 1);

    talk.client_sends("small", std::string(10000, 'x') + "\r\n");
    talk.client_receives("small", "");
    talk.client_receives("large", "");
  });
}

TEST(full_pool, takes_a_request_of_any_size_again_when_there_is_room) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    talk.client_sends("a", half_a_set(150000));
    talk.client_sends("b", half_a_set(180000));
    talk.client_receives("b", too_large);
    talk.client_resets("a");
    const std::string all = resp("SET", "k", std::string(90000, 'x'));
    talk.client_sends("c", all);
    talk.server_receives("s1", all);
    talk.server_sends("s1", "+OK\r\n");
    talk.client_receives("c", "+OK\r\n");
  });
}

TEST(full_pool, holds_up_the_clients_of_a_server_that_does_not_read) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    const std::string set = resp("SET", "k", std::string(1000, 'x'));
    for (const char* client : {"a", "b"}) {
      talk.client_sends(client, set);
      talk.server_sends("s1", "+OK\r\n");
      talk.client_receives(client, "+OK\r\n");
    }
    talk.server_receives("s1", set + set);
    talk.server_stops_reading("s1");
    talk.client_sends("a", times(300, set));
    talk.client_sends("b", times(300, set));
    EXPECT_LT(talk.counters_of(0).in_queue_bytes.get(), 250000);
    talk.client_sends("c", resp("PING"));
    talk.client_receives("c", "+PONG\r\n");

    talk.server_reads_again("s1");
    for (int at = 0; at < 600; ++at)
      talk.server_sends("s1", "+OK\r\n");
    talk.client_receives("a", times(300, "+OK\r\n"));
    talk.client_receives("b", times(300, "+OK\r\n"));
  });
}

TEST(full_pool, is_never_full_without_a_limit) {
  pool_config pool = pool_of_100_kb();
  pool.pool_bytes_max = 0;
  in_steps_of(whole, pool, [](conversation& talk) {
    talk.client_stops_reading("a");
    talk.client_sends("a", times(600, echo(1000)));
    EXPECT_EQ(talk.client("a").to_proxy.size(), 0U);
    talk.client_sends("b", half_a_set(1000000));
    talk.client_receives("b", "");
    talk.client_resets("a");
    talk.client_resets("b");
  });
}

TEST(full_pool, knows_what_it_holds_also_after_a_reload) {
  in_steps_of(50000, pool_of_100_kb(), [](conversation& talk) {
    talk.client_sends("a", half_a_set(150000));
    talk.client_sends("b", half_a_set(20000));
    pool_config next = pool_of_100_kb();
    next.timeout_ms = 5000;
    talk.proxy_reloads(next);
    talk.client_sends("c", half_a_set(180000));
    talk.client_receives("c", too_large);
    talk.client_resets("a");
    talk.client_sends("d", half_a_set(150000));
    talk.client_receives("d", "");
  });
}

}  // namespace
}  // namespace dovetail::testing
