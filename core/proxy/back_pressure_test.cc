// Whoever asks for more than is taken off it is not read from (invariant P10), as conversations.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "proxy/proxy.h"
#include "proxy/testing/conversation.h"
#include "stats/counters.h"

namespace dovetail::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t whole = std::string::npos;

// Requests that server 1 was asked and still has to answer.
std::int64_t unanswered(const conversation& talk) {
  const server_counters& server = talk.counters_of(0);
  return server.in_queue.get() + server.out_queue.get();
}

// The server answers whatever it is asked, at most a thousand times.
void answer_all(conversation& talk, std::string_view response) {
  for (int at = 0; at < 1000 && unanswered(talk) > 0; ++at)
    talk.server_sends("s1", response);
  EXPECT_EQ(unanswered(talk), 0);
}

TEST(back_pressure, reads_no_further_from_a_client_that_does_not_read) {
  in_steps_of(50000, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_stops_reading("a");
    const std::string echoes = times(3000, resp("ECHO", std::string(1000, 'x')));
    talk.client_sends("a", echoes);
    EXPECT_GT(talk.client("a").to_proxy.size(), echoes.size() / 2) << "must wait in the socket";
    talk.client_reads_again("a");
    EXPECT_EQ(talk.client("a").to_peer, times(3000, bulk(1000)));
  });
}

TEST(back_pressure, asks_for_more_and_more_replies_when_they_are_small) {
  in_steps_of(50000, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", times(5000, resp("GET", "k")));
    std::size_t answered = 0;
    for (const std::size_t expected : {16U, 64U, 1024U, 1024U, 1024U, 1024U, 824U}) {
      EXPECT_EQ(unanswered(talk), static_cast<std::int64_t>(expected));
      talk.server_sends("s1", times(expected, bulk(1)));
      answered += expected;
    }
    talk.client_receives("a", times(answered, bulk(1)));

    talk.client_sends("a", times(64, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 64);
    answer_all(talk, bulk(1));
  });
}

TEST(back_pressure, asks_for_a_few_large_replies_of_a_client_that_never_reads) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", resp("GET", "k"));
    answer_all(talk, bulk(1000000));
    talk.client("a").to_peer.clear();

    talk.client_stops_reading("a");
    talk.client_sends("a", times(600, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 2);
    answer_all(talk, bulk(1000000));
    EXPECT_EQ(talk.counters_of(0).requests.get(), 3);
    EXPECT_LT(talk.subject().blocks().held_bytes(), 5U << 20);
    talk.client_resets("a");
  });
}

TEST(back_pressure, is_surprised_by_large_replies_once) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    for (int at = 0; at < 100; ++at) {
      talk.client_sends("a", resp("GET", "k"));
      talk.server_sends("s1", bulk(1));
    }
    talk.client("a").to_peer.clear();
    talk.client_stops_reading("a");
    talk.client_sends("a", times(200, resp("GET", "k")));
    answer_all(talk, bulk(100000));
    EXPECT_EQ(talk.counters_of(0).requests.get(), 100 + 64);

    talk.client_reads_again("a");
    EXPECT_EQ(unanswered(talk), 11);
    answer_all(talk, bulk(100000));
    EXPECT_TRUE(talk.client("a").to_peer == times(200, bulk(100000)));
  });
}

TEST(back_pressure, asks_for_the_next_large_reply_while_the_last_one_is_read) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", times(3, resp("GET", "k")));
    answer_all(talk, bulk(std::size_t{5} << 20));
    talk.client("a").to_peer.clear();

    talk.client_sends("a", times(3, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 1);
    talk.client("a").room = std::size_t{3} << 20;
    talk.server_sends("s1", bulk(std::size_t{5} << 20));
    EXPECT_EQ(unanswered(talk), 0) << "2 MiB are unread";
    talk.client("a").room = std::size_t{3} << 19;
    talk.settle_down();
    EXPECT_EQ(unanswered(talk), 1) << "512 KiB are unread";
    talk.client("a").room = whole;
    answer_all(talk, bulk(std::size_t{5} << 20));
  });
}

TEST(back_pressure, counts_replies_that_wait_for_an_earlier_one) {
  in_steps_of(whole, redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string first = talk.key_for("s2");
    const std::string others = talk.key_for("s1");
    talk.client_sends("a", resp("GET", first) + times(200, resp("GET", others)));
    answer_all(talk, bulk(100000));
    EXPECT_EQ(talk.counters_of(0).requests.get(), 15);
    talk.server_sends("s2", bulk(1));
    EXPECT_LE(unanswered(talk), 12);
    EXPECT_GE(unanswered(talk), 1);
    answer_all(talk, bulk(100000));
    EXPECT_TRUE(talk.client("a").to_peer == bulk(1) + times(200, bulk(100000)));
  });
}

TEST(back_pressure, counts_each_part_of_a_split_request) {
  in_steps_of(whole, redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string both = resp("MGET", talk.key_for("s1"), talk.key_for("s2"));
    talk.client_sends("a", times(100, both));
    EXPECT_EQ(unanswered(talk), 8);

    const std::string part = "*1\r\n" + bulk(100000);
    const std::string joined = "*2\r\n" + times(2, bulk(100000));
    talk.client_stops_reading("a");
    talk.server_sends("s1", times(8, part));
    EXPECT_EQ(unanswered(talk), 0) << "the other parts are not here yet, but these are";
    talk.server_sends("s2", times(8, part));
    EXPECT_EQ(unanswered(talk), 0);
    talk.client_reads_again("a");
    EXPECT_LE(unanswered(talk), 6);
    for (int at = 8; at < 100; ++at) {
      talk.server_sends("s1", part);
      talk.server_sends("s2", part);
    }
    EXPECT_TRUE(talk.client("a").to_peer == times(100, joined));
  });
}

TEST(back_pressure, counts_late_replies_until_they_have_come) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    const std::string late = "-ERR Connection timed out\r\n";
    talk.client_sends("a", times(16, resp("GET", "k")));
    talk.passes(400ms);
    talk.client_receives("a", times(16, late));
    talk.client_sends("a", times(200 - 16, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 17) << "one at a time";
    talk.server_sends("s1", times(6, bulk(100000)));
    EXPECT_EQ(unanswered(talk), 11) << "no more than fit";
    talk.passes(300ms);
    talk.server_sends("s1", bulk(100000));
    EXPECT_EQ(unanswered(talk), 11);
    talk.passes(100ms);
    talk.client_receives("a", late);
    EXPECT_EQ(unanswered(talk), 11) << "what waited behind them is late as well, and not forwarded";
    talk.passes(200ms);
    talk.server_sends("s1", bulk(100000));
    talk.passes(100ms);
    talk.client_receives("a", times(200 - 17, late));
    EXPECT_EQ(unanswered(talk), 10);
    talk.client_sends("a", times(100, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 11) << "late or not, as many as fit";
    talk.server_sends("s1", times(11, bulk(100000)));
    EXPECT_EQ(unanswered(talk), 11);
    answer_all(talk, bulk(100000));
    EXPECT_TRUE(talk.client("a").to_peer == times(100, bulk(100000)));
  });
}

TEST(back_pressure, forgets_late_replies_when_their_server_is_lost) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", times(16, resp("GET", "k")));
    talk.passes(400ms);
    talk.client_sends("a", times(112, resp("GET", "k")));
    EXPECT_EQ(unanswered(talk), 17);
    talk.server_resets("s1");
    EXPECT_EQ(unanswered(talk), 16);
    answer_all(talk, bulk(1));
    talk.client_receives("a", times(16, "-ERR Connection timed out\r\n") +
                                  "-ERR Connection reset by peer\r\n" + times(111, bulk(1)));
  });
}

TEST(back_pressure, learns_nothing_from_errors) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", times(600, resp("GET", "k")));
    talk.server_sends("s1", bulk(1000000));
    talk.client_receives("a", bulk(1000000));
    EXPECT_EQ(unanswered(talk), 15);
    talk.server_sends("s1", times(14, "-LOADING\r\n"));
    EXPECT_EQ(unanswered(talk), 2);
    talk.client_receives("a", times(14, "-LOADING\r\n"));
    answer_all(talk, "-LOADING\r\n");
    talk.client_receives("a", times(600 - 15, "-LOADING\r\n"));
  });
}

TEST(back_pressure, does_not_count_requests_that_want_no_reply) {
  in_steps_of(whole, memcache_pool({"s1"}), [](conversation& talk) {
    talk.client_sends("a", times(1000, "set k 0 0 1 noreply\r\nv\r\n"));
    EXPECT_EQ(unanswered(talk), 1000);
    talk.server_sends("s1", times(1000, "STORED\r\n"));
    talk.client_receives("a", "");
  });
}

TEST(back_pressure, lets_another_client_ask_while_one_never_reads) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_stops_reading("a");
    talk.client_sends("a", times(2000, resp("GET", "k")));
    answer_all(talk, bulk(100000));
    for (int at = 0; at < 10; ++at) {
      talk.client_sends("b", resp("GET", "small"));
      EXPECT_EQ(unanswered(talk), 1) << "nothing is in front of it";
      talk.server_sends("s1", bulk(1));
      talk.client_receives("b", bulk(1));
    }
    talk.client_resets("a");
  });
}

TEST(back_pressure, gives_memory_back_a_second_after_it_was_last_needed) {
  int trims = 0;
  conversation::manner how;
  how.after_trim = [&] { ++trims; };
  conversation talk(redis_pool({"s1"}), how);
  const auto held = [&] { return talk.subject().blocks().held_bytes(); };
  for (const char* const client : {"a", "b", "c"}) {
    talk.client_stops_reading(client);
    talk.client_sends(client, times(20, resp("GET", "k")));
    answer_all(talk, bulk(900000));
  }
  EXPECT_GT(held(), 3U << 20);
  for (const char* const client : {"a", "b", "c"})
    talk.client_resets(client);
  EXPECT_GT(held(), 2U << 20) << "kept, so that the next one is quick";
  EXPECT_EQ(trims, 0);
  talk.passes(1s);
  talk.passes(1s);
  EXPECT_LE(held(), 1U << 20);
  EXPECT_EQ(trims, 1) << "a little that goes back is not worth it";
}

TEST(back_pressure, lets_a_new_client_have_two_replies_of_any_size_on_their_way) {
  conversation::manner as_shipped;
  as_shipped.replies_at_first = proxy_options{}.replies_at_first;
  conversation talk(redis_pool({"s1"}), as_shipped);
  talk.client_stops_reading("a");
  talk.client_sends("a", times(64, resp("GET", "k")));
  EXPECT_EQ(unanswered(talk), 2);
  talk.server_sends("s1", times(2, bulk(std::size_t{1} << 20)));
  EXPECT_EQ(unanswered(talk), 0) << "it does not read";
  talk.client_resets("a");
}

TEST(back_pressure, gives_memory_back_when_large_replies_are_delivered_or_dropped) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    const auto held = [&] { return talk.subject().blocks().held_bytes(); };
    for (const std::size_t size : {20000U, 100000U, 300000U, 1500000U}) {
      talk.client_stops_reading("a");
      talk.client_sends("a", times(20, resp("GET", "k")));
      answer_all(talk, bulk(size));
      EXPECT_GT(held(), size);
      talk.client_reads_again("a");
      answer_all(talk, bulk(size));
      EXPECT_EQ(talk.client("a").to_peer.size(), 20 * bulk(size).size());
      talk.client("a").to_peer.clear();
      EXPECT_EQ(talk.subject().blocks().in_use(), 0U);
    }
    EXPECT_LT(held(), 16U << 20) << "a few of each size are kept for reuse";

    talk.client_stops_reading("b");
    talk.client_sends("b", times(64, resp("GET", "k")));
    answer_all(talk, bulk(2000000));
    EXPECT_GT(held(), 32U << 20);
    talk.client_resets("b");
    EXPECT_LT(held(), 16U << 20);
  });
}

TEST(back_pressure, keeps_no_large_block_for_a_small_reply) {
  in_steps_of(whole, redis_pool({"s1"}), [](conversation& talk) {
    talk.client_stops_reading("a");
    for (int at = 0; at < 50; ++at) {
      talk.client_sends("b", resp("GET", "large"));
      talk.client_sends("a", resp("GET", "small"));
      talk.server_sends("s1", bulk(1000000) + bulk(9000));
    }
    EXPECT_LT(talk.subject().blocks().held_bytes(), 5U << 20);
  });
}

TEST(back_pressure, takes_no_more_for_a_server_that_does_not_read) {
  in_steps_of(50000, redis_pool({"s1", "s2"}), [](conversation& talk) {
    const std::string key = talk.key_for("s1");
    const std::string other = talk.key_for("s2");
    talk.client_sends("a", resp("GET", key));
    talk.server_sends("s1", "$-1\r\n");
    talk.client_receives("a", "$-1\r\n");
    talk.server_stops_reading("s1");
    const std::string large = resp("SET", key, std::string(std::size_t{1} << 20, 'x'));
    talk.client_sends("a", times(20, large));
    EXPECT_LT(talk.counters_of(0).requests.get(), 20);

    talk.client_sends("b", resp("GET", other));
    talk.server_sends("s2", "$1\r\nv\r\n");
    talk.client_receives("b", "$1\r\nv\r\n");

    talk.server_reads_again("s1");
    EXPECT_EQ(talk.counters_of(0).requests.get(), 21);
  });
}

}  // namespace
}  // namespace dovetail::testing
