// What becomes of requests whose server connection is lost: told why, or moved, once.

#include <chrono>
#include <functional>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "config/config.h"
#include "io/socket.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(server_loss, tells_everyone_who_waits_when_a_server_is_lost) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.client_sends("b", resp("GET", "k") + resp("PING"));
    talk.server_resets("s1");
    talk.client_receives("a", "-ERR Connection reset by peer\r\n");
    talk.client_receives("b", "-ERR Connection reset by peer\r\n+PONG\r\n");

    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
  });
}

// What follows happens after one exchange, on a connection that is idle.
void after_one_exchange(const pool_config& pool, const std::function<void(conversation&)>& what) {
  both_speeds(pool, [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    what(talk);
  });
}

TEST(server_loss, asks_over_a_new_connection_when_the_server_closes_in_the_same_turn) {
  after_one_exchange(redis_pool({"s1"}), [](conversation& talk) {
    wire& idle = *talk.network().latest("s1");
    talk.client("a").to_proxy += resp("SET", "k", "1") + resp("GET", "k");
    idle.peer_finished = true;
    talk.settle_down();
    EXPECT_TRUE(idle.closed_by_proxy);
    EXPECT_EQ(idle.to_peer, "");
    talk.server_receives("s1", resp("SET", "k", "1") + resp("GET", "k"));
    talk.server_sends("s1", "+OK\r\n$1\r\n1\r\n");
    talk.client_receives("a", "+OK\r\n$1\r\n1\r\n");
    EXPECT_EQ(talk.counters_of(0).requests.get(), 3);
    EXPECT_EQ(talk.counters_of(0).lost.get(), 0);
  });
}

TEST(server_loss, asks_over_a_new_connection_when_the_first_byte_meets_a_reset) {
  after_one_exchange(redis_pool({"s1"}), [](conversation& talk) {
    talk.network().latest("s1")->watched = io::readiness::none;  // it is not told before it writes
    talk.network().latest("s1")->broken = std::make_error_code(std::errc::connection_reset);
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nw\r\n");
  });
}

// Server s1, whose clients are in database 2, leaves when it has not read what is asked of it; the
// request is moved to a new connection, which is not greeted yet.
void move_a_request(conversation& talk) {
  talk.client_sends("a", resp("GET", "k"));
  talk.server_sends("s1", "+OK\r\n");
  talk.server_receives("s1", resp("SELECT", "2") + resp("GET", "k"));
  talk.server_sends("s1", "$1\r\nv\r\n");
  talk.client_receives("a", "$1\r\nv\r\n");
  talk.server_stops_reading("s1");
  talk.client_sends("a", resp("GET", "k"));
  talk.server_finishes("s1");
  talk.server_receives("s1", resp("SELECT", "2"));
}

pool_config of_database_2() {
  pool_config pool = redis_pool({"s1"});
  pool.redis_db = 2;
  return pool;
}

TEST(server_loss, greets_the_new_connection_before_what_was_moved_to_it) {
  both_speeds(of_database_2(), [](conversation& talk) {
    move_a_request(talk);
    talk.server_sends("s1", "+OK\r\n");
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nw\r\n");
  });
}

TEST(server_loss, moves_no_request_of_which_a_byte_was_taken) {
  after_one_exchange(redis_pool({"s1"}), [](conversation& talk) {
    talk.network().latest("s1")->room = 1;
    talk.client_sends("a", resp("GET", "k") + resp("GET", "l"));
    talk.server_resets("s1");
    talk.client_receives("a", "-ERR Connection reset by peer\r\n");
    talk.server_receives("s1", resp("GET", "l"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nw\r\n");
  });
}

TEST(server_loss, moves_a_request_once) {
  both_speeds(of_database_2(), [](conversation& talk) {
    move_a_request(talk);
    talk.server_stops_reading("s1");
    talk.server_sends("s1", "+OK\r\n");
    talk.client_receives("a", "");
    talk.server_finishes("s1");
    talk.client_receives("a", "-ERR Server closed the connection\r\n");
  });
}

TEST(server_loss, moves_a_request_with_the_deadline_it_had) {
  after_one_exchange(redis_pool({"s1"}), [](conversation& talk) {
    talk.network().latest("s1")->room = 0;
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(300ms);
    talk.server_finishes("s1");
    talk.server_receives("s1", resp("GET", "k"));
    talk.passes(99ms);
    talk.client_receives("a", "");
    talk.passes(1ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
  });
}

// A server that is given up has not been asked what it has not read.
TEST(server_loss, moves_what_was_not_written_when_a_server_is_given_up) {
  after_one_exchange(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.passes(400ms);
    talk.client_receives("a", "-ERR Connection timed out\r\n");
    talk.network().latest("s1")->room = 0;
    talk.passes(300ms);
    talk.client_sends("b", resp("GET", "l"));
    talk.passes(100ms);
    talk.server_receives("s1", resp("GET", "l"));
    talk.passes(299ms);
    talk.client_receives("b", "");
    talk.passes(1ms);
    talk.client_receives("b", "-ERR Connection timed out\r\n");
  });
}

TEST(server_loss, hears_out_a_server_whose_connection_a_write_finds_lost) {
  const std::string value = "$80\r\n" + std::string(80, 'v') + "\r\n";
  both_speeds(redis_pool({"s1"}), [&](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    wire& server = *talk.network().latest("s1");
    server.to_proxy = value;  // longer than the next request: is read in part when that is written
    server.broken = std::make_error_code(std::errc::connection_reset);
    talk.client_sends("a", resp("GET", "l"));
    talk.client_receives("a", value);
    talk.server_receives("s1", resp("GET", "l"));
  });
}

TEST(server_loss, delivers_no_part_of_a_response_that_breaks_off) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$5\r\nhel");
    talk.server_finishes("s1");
    talk.client_receives("a", "-ERR Server closed the connection\r\n");
  });
}

TEST(server_loss, says_that_a_server_refuses) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.server_refuses("s1");
    talk.client_sends("a", resp("GET", "k") + resp("GET", "k"));
    talk.client_receives("a", "-ERR Connection refused\r\n-ERR Connection refused\r\n");
  });
}

}  // namespace
}  // namespace dovetail::testing
