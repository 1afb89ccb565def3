// The whole proxy over a network of strings, as conversations.

#include <chrono>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "io/socket.h"
#include "proxy/testing/conversation.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

TEST(proxy, forwards_a_request_and_gives_its_response_back) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
  });
}

TEST(proxy, gives_each_of_two_clients_its_own_response) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "ka"));
    talk.client_sends("b", resp("GET", "kb"));
    talk.server_receives("s1", resp("GET", "ka") + resp("GET", "kb"));
    talk.server_sends("s1", "$2\r\nva\r\n$2\r\nvb\r\n");
    talk.client_receives("b", "$2\r\nvb\r\n");
    talk.client_receives("a", "$2\r\nva\r\n");
  });
}

TEST(proxy, holds_a_reply_until_the_earlier_one_has_come) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("GET", one) + resp("GET", two));
    talk.server_receives("s1", resp("GET", one));
    talk.server_receives("s2", resp("GET", two));
    talk.server_sends("s2", "$1\r\n2\r\n");
    talk.client_receives("a", "");
    talk.server_sends("s1", "$1\r\n1\r\n");
    talk.client_receives("a", "$1\r\n1\r\n$1\r\n2\r\n");
  });
}

TEST(proxy, joins_an_mget_over_two_servers_in_the_order_of_its_keys) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", two, one, two));
    talk.server_receives("s2", resp("MGET", two, two));
    talk.server_receives("s1", resp("MGET", one));
    talk.server_sends("s1", "*1\r\n$-1\r\n");
    talk.server_sends("s2", "*2\r\n$1\r\nx\r\n$1\r\nx\r\n");
    talk.client_receives("a", "*3\r\n$1\r\nx\r\n$-1\r\n$1\r\nx\r\n");
  });
}

TEST(proxy, answers_a_split_request_once_with_the_error_of_a_part) {
  both_speeds(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("MGET", one, two) + resp("PING"));
    talk.server_sends("s2", "-LOADING Redis is loading the dataset in memory\r\n");
    talk.server_sends("s1", "*1\r\n$1\r\n1\r\n");
    talk.client_receives("a", "-LOADING Redis is loading the dataset in memory\r\n+PONG\r\n");
    EXPECT_EQ(talk.counters_of(1).server_connections.get(), 1) << "an error closes nothing";
  });
}

TEST(proxy, swallows_the_response_of_a_client_that_left) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "ka"));
    talk.client_resets("a");
    talk.client_sends("b", resp("GET", "kb"));
    talk.server_receives("s1", resp("GET", "ka") + resp("GET", "kb"));
    talk.server_sends("s1", "$2\r\nva\r\n$2\r\nvb\r\n");
    talk.client_receives("b", "$2\r\nvb\r\n");
  });
}

TEST(proxy, answers_a_half_closed_client_before_it_closes) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + resp("GET", "k") + "*2\r\n$3\r\nGE");
    talk.client_finishes("a");
    talk.server_receives("s1", resp("GET", "k") + resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_receives("a", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_is_closed("a");
  });
}

TEST(proxy, keeps_earlier_replies_when_a_client_quits) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + resp("QUIT") + resp("GET", "never"));
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n+OK\r\n");
    talk.client_is_closed("a");
  });
}

// A close before that would reset the connection, and so destroy the reply on its way.
TEST(proxy, reads_a_client_that_was_told_everything_to_its_end) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("QUIT"));
    talk.client_receives("a", "+OK\r\n");
    talk.client_sends("a", resp("GET", "never"));
    talk.client_sends("a", resp("GET", "heard"));
    EXPECT_FALSE(talk.client("a").closed_by_proxy);
    talk.client_finishes("a");
    EXPECT_TRUE(talk.client("a").closed_by_proxy);
  });
}

TEST(proxy, keeps_earlier_replies_when_a_client_sends_garbage) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + "*1\r\nnonsense\r\n");
    talk.server_receives("s1", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n-ERR Protocol error: expected '$', got 'n'\r\n");
    talk.client_is_closed("a");
  });
}

TEST(proxy, stays_in_step_after_an_unknown_command) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k") + resp("NONSENSE") + resp("GET", "k"));
    talk.server_receives("s1", resp("GET", "k") + resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n$1\r\nw\r\n");
    talk.client_receives("a",
                         "$1\r\nv\r\n-ERR unknown command 'NONSENSE', with args beginning with: "
                         "\r\n$1\r\nw\r\n");
  });
}

TEST(proxy, gives_back_the_memory_of_a_request_that_it_wrote_anew_and_refused) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "POST / HTTP/1.1\r\n");
    talk.client_resets("a");
    EXPECT_EQ(talk.subject().blocks().in_use(), 0U);
  });
}

struct doubtful {
  const char* request;
  const char* response;
};

class doubtful_response : public ::testing::TestWithParam<doubtful> {};

TEST_P(doubtful_response, ends_the_connection_and_is_never_delivered) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", std::string(GetParam().request) + "\r\n");
    talk.client_sends("b", resp("GET", "k"));
    talk.server_sends("s1", GetParam().response);
    const std::string got = talk.client("a").to_peer;
    EXPECT_TRUE(got.starts_with("-ERR ")) << got;
    EXPECT_EQ(got.find('\n'), got.size() - 1) << got;
    EXPECT_EQ(talk.client("b").to_peer, got);
    EXPECT_EQ(talk.counters().doubtful_responses.get(), 1);
    talk.server_is_closed("s1");
  });
}

INSTANTIATE_TEST_SUITE_P(proxy,
                         doubtful_response,
                         ::testing::Values(doubtful{"GET k", ":1\r\n"},
                                           doubtful{"GET k", "*1\r\n$1\r\nv\r\n"},
                                           doubtful{"INCR k", "$1\r\nv\r\n"},
                                           doubtful{"GET k", "nonsense\r\n"},
                                           doubtful{"GET k", "$01\r\nv\r\n"},
                                           doubtful{"MGET k l", "*1\r\n$1\r\nv\r\n"},
                                           doubtful{"MGET k l", "*3\r\n$-1\r\n$-1\r\n$-1\r\n"}));

TEST(proxy, ends_a_server_connection_that_speaks_without_being_asked) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n$7\r\nsurplus\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.server_is_closed("s1");
    EXPECT_EQ(talk.counters().doubtful_responses.get(), 1);
  });
}

TEST(proxy, trusts_no_response_to_a_request_of_which_no_byte_was_written) {
  both_speeds(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "$1\r\nv\r\n");
    talk.server_stops_reading("s1");
    talk.client_sends("a", resp("GET", "k"));
    talk.server_sends("s1", "$1\r\nw\r\n");
    talk.client_receives("a", "-ERR Unexpected response from server\r\n");
  });
}

TEST(proxy, keeps_the_order_of_one_client_with_several_connections_per_server) {
  pool_config pool = redis_pool({"s1"});
  pool.server_connections = 4;
  each_way(pool, [](conversation& talk) {
    talk.client_sends("a", resp("SET", "k", "1"));
    talk.client_sends("a", resp("GET", "k"));
    talk.server_receives("s1", resp("SET", "k", "1") + resp("GET", "k"));
    talk.server_sends("s1", "+OK\r\n$1\r\n1\r\n");
    talk.client_receives("a", "+OK\r\n$1\r\n1\r\n");
  });
}

TEST(proxy, refuses_keys_on_several_servers_that_cannot_be_divided) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", resp("RENAME", talk.key_for("s2"), talk.key_for("s1")));
    talk.client_receives("a",
                         "-CROSSSLOT Keys in request don't hash to the same slot "
                         "(this proxy: use a hash_tag, or on_cross_slot: first_key)\r\n");
  });
}

TEST(proxy, lets_the_first_key_decide_where_the_pool_says_so) {
  pool_config pool = redis_pool({"s1", "s2"});
  pool.on_cross_slot = cross_slot_kind::first_key;
  each_way(pool, [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("RENAME", two, one) + resp("DEL", two, one));
    talk.server_receives("s2", resp("RENAME", two, one) + resp("DEL", two));
    talk.server_receives("s1", resp("DEL", one));
    talk.server_sends("s2", "-ERR no such key\r\n:0\r\n");
    talk.server_sends("s1", ":1\r\n");
    talk.client_receives("a", "-ERR no such key\r\n:1\r\n");
  });
}

TEST(proxy, serves_a_client_that_wants_no_replies_and_tells_it_nothing) {
  each_way(redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a", resp("PING") + resp("CLIENT", "REPLY", "OFF") + resp("MGET", one, two));
    talk.client_sends("a", resp("NOSUCH") + resp("INCR", one) + resp("RENAME", one, two));
    talk.server_receives("s1", resp("MGET", one) + resp("INCR", one));
    talk.server_receives("s2", resp("MGET", two));
    talk.server_sends("s1", "*1\r\n$-1\r\n-ERR no number\r\n");
    talk.server_sends("s2", "*1\r\n$-1\r\n");
    talk.client_receives("a", "+PONG\r\n");
    talk.client_sends("a", resp("CLIENT", "REPLY", "ON") + resp("GET", one));
    talk.server_sends("s1", "$1\r\nv\r\n");
    talk.client_receives("a", "+OK\r\n$1\r\nv\r\n");
  });
}

TEST(proxy, skips_one_reply_where_it_is_asked_to) {
  each_way(redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("CLIENT", "REPLY", "SKIP") + resp("GET", "a") + resp("GET", "b"));
    talk.server_receives("s1", resp("GET", "a") + resp("GET", "b"));
    talk.server_sends("s1", "$1\r\na\r\n$1\r\nb\r\n");
    talk.client_receives("a", "$1\r\nb\r\n");
  });
}

// The server of "foo", which is Zm9v in base64, and not that of Zm9v.
TEST(proxy, lets_the_key_that_is_meant_by_base64_decide) {
  both_speeds(memcache_pool({"s1", "s2"}), [](conversation& talk) {
    talk.client_sends("a", "get foo\r\nmg Zm9v b v k\r\nget Zm9v\r\n");
    talk.server_receives("s2", "get foo\r\nmg Zm9v b v k\r\n");
    talk.server_receives("s1", "get Zm9v\r\n");
    talk.server_sends("s1", "END\r\n");
    talk.server_sends("s2", "END\r\nVA 1 kZm9v b\r\nx\r\n");
    talk.client_receives("a", "END\r\nVA 1 kZm9v b\r\nx\r\nEND\r\n");
  });
}

TEST(proxy, ends_a_batch_of_quiet_requests_when_all_of_them_are_through) {
  both_speeds(memcache_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    talk.client_sends("a",
                      "mg " + one + " q O1\r\nmg " + two + " q O2\r\nmd " + one + " q\r\nmn\r\n");
    talk.server_receives("s1", "mg " + one + " O1\r\nmd " + one + "\r\n");
    talk.server_receives("s2", "mg " + two + " O2\r\n");
    talk.server_sends("s1", "EN O1\r\nHD\r\n");
    talk.client_receives("a", "");
    talk.server_sends("s2", "HD O2\r\n");
    talk.client_receives("a", "HD O2\r\nMN\r\n");
  });
}

TEST(proxy, ends_the_connection_of_a_server_that_answers_with_another_opaque) {
  both_speeds(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "mg a O1\r\nmn\r\n");
    talk.server_sends("s1", "HD O2\r\n");
    talk.server_is_closed("s1");
    talk.client_receives("a",
                         "SERVER_ERROR Response from server does not fit the request\r\nMN\r\n");
  });
}

TEST(proxy, has_silent_peers_on_both_sides_probed_when_it_shall) {
  pool_config pool = redis_pool({"s1"});
  for (const bool asked : {false, true}) {
    pool.tcpkeepalive = asked;
    pool.tcpkeepalive_idle_s = 60;
    conversation talk(pool, {});
    talk.client_sends("a", resp("GET", "k"));
    const auto expected =
        asked ? std::optional(io::keep_alive_options{.idle_s = 60}) : std::nullopt;
    EXPECT_EQ(talk.client("a").kept_alive, expected);
    EXPECT_EQ(talk.network().latest("s1")->kept_alive, expected);
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
  }
}

TEST(proxy, tells_a_client_beyond_the_limit_why_it_is_turned_away) {
  pool_config pool = redis_pool({"s1"});
  pool.client_connections = 1;
  both_speeds(pool, [](conversation& talk) {
    talk.client_sends("a", resp("PING"));
    wire& second = talk.client("b");
    EXPECT_TRUE(second.closed_by_proxy);
    EXPECT_TRUE(second.to_peer.starts_with("-"));
    talk.client_receives("a", "+PONG\r\n");
  });
}

TEST(proxy, writes_once_to_a_server_for_all_requests_of_a_turn) {
  conversation talk(redis_pool({"s1"}), {});
  talk.client_sends("a", resp("GET", "k"));
  talk.server_sends("s1", "$1\r\nv\r\n");
  talk.client("a");
  talk.client("b");
  talk.client("c");
  const std::size_t before = talk.network().latest("s1")->writes;
  talk.client("a").to_proxy += resp("GET", "k") + resp("GET", "k");
  talk.client("b").to_proxy += resp("GET", "k");
  talk.client_sends("c", resp("GET", "k"));
  EXPECT_EQ(talk.network().latest("s1")->writes, before + 1);
}

TEST(proxy, forwards_a_noreply_set_and_tells_the_client_nothing) {
  each_way(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "set k 0 0 1 noreply\r\nv\r\nget k\r\n");
    talk.server_receives("s1", "set k 0 0 1\r\nv\r\nget k\r\n");
    talk.server_sends("s1", "SERVER_ERROR out of memory storing object\r\n");
    talk.server_sends("s1", "VALUE k 0 1\r\nv\r\nEND\r\n");
    talk.client_receives("a", "VALUE k 0 1\r\nv\r\nEND\r\n");
  });
}

TEST(proxy, never_delivers_a_value_of_another_key) {
  both_speeds(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "get mine\r\n");
    talk.server_sends("s1", "VALUE other 0 6\r\nsecret\r\nEND\r\n");
    talk.client_receives("a", "SERVER_ERROR Response from server does not fit the request\r\n");
    talk.server_is_closed("s1");
  });
}

TEST(proxy, joins_a_get_of_several_keys_in_their_order) {
  each_way(memcache_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string one = talk.key_for("s1");
    const std::string two = talk.key_for("s2");
    const std::string more = talk.key_for("s1", 1);
    talk.client_sends("a", "get " + one + " " + two + " " + more + "\r\n");
    talk.server_receives("s1", "get " + one + " " + more + "\r\n");
    talk.server_receives("s2", "get " + two + "\r\n");
    talk.server_sends("s2", "VALUE " + two + " 0 1\r\n2\r\nEND\r\n");
    talk.server_sends("s1", "VALUE " + more + " 0 1\r\n3\r\nEND\r\n");
    talk.client_receives("a",
                         "VALUE " + two + " 0 1\r\n2\r\nVALUE " + more + " 0 1\r\n3\r\nEND\r\n");
  });
}

TEST(proxy, accepts_an_early_error_while_the_value_is_still_being_written) {
  both_speeds(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "get k\r\n");
    talk.server_sends("s1", "END\r\n");
    talk.client_receives("a", "END\r\n");
    talk.server_receives("s1", "get k\r\n");
    wire& server = *talk.network().latest("s1");
    server.room = 1000;
    const std::string set = "set k 0 0 5000\r\n" + std::string(5000, 'x') + "\r\n";
    talk.client_sends("a", set + "get k\r\n");
    talk.server_receives("s1", set.substr(0, 1000));
    talk.server_sends("s1", "SERVER_ERROR object too large for cache\r\n");
    talk.client_receives("a", "SERVER_ERROR object too large for cache\r\n");
    server.room = std::string::npos;
    talk.settle_down();
    talk.server_receives("s1", set.substr(1000) + "get k\r\n");
    talk.server_sends("s1", "END\r\n");
    talk.client_receives("a", "END\r\n");
  });
}

TEST(proxy, takes_no_other_reply_while_the_value_is_still_being_written) {
  both_speeds(memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", "get k\r\n");
    talk.server_sends("s1", "END\r\n");
    talk.client_receives("a", "END\r\n");
    wire& server = *talk.network().latest("s1");
    server.room = 1000;
    talk.client_sends("a", "set k 0 0 5000\r\n" + std::string(5000, 'x') + "\r\n");
    talk.server_sends("s1", "STORED\r\n");
    talk.client_receives("a", "SERVER_ERROR Unexpected response from server\r\n");
    talk.server_is_closed("s1");
  });
}

}  // namespace
}  // namespace dovetail::testing
