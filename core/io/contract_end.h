// Clauses about how a stream ends: finished, closed, reset.

#pragma once

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "io/contract_scene.h"

namespace dovetail::io {

template <class World>
class contract_end : public contract_scene<World> {
 public:
  // Goes on writing until it fails.
  void write_until_it_fails(side& one) {
    this->at_turn_end = [&](instant now) {
      if (!one.write_error) (void)one.write_once("x");
      this->wake = now + std::chrono::milliseconds(1);
    };
    ASSERT_TRUE(this->until([&] { return bool(one.write_error); }));
    this->at_turn_end = nullptr;
    this->wake.reset();
  }

  // A write into a connection that the peer has left, once that is known here.
  void expect_writing_fails_for_ever(side& one) {
    write_until_it_fails(one);
    this->expect_one_of(word_of(one.write_error), {"broken pipe", "reset"});
    const std::error_code first = one.write_error;
    for (int again = 0; again < 3; ++again)
      EXPECT_EQ(one.write_once("x").error(), first);
  }

  // What arrived, and then how it ended.
  std::string history(const side& one) const {
    const std::string end = one.ended ? "end" : word_of(one.read_error);
    return one.received.empty() ? end : one.received + ", " + end;
  }
};

TYPED_TEST_SUITE_P(contract_end);

TYPED_TEST_P(contract_end, data_then_finish_is_data_then_the_end) {  // C3
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("last words"), 10);
  client.socket->finish();

  ASSERT_TRUE(this->until([&] { return server.over(); }));
  EXPECT_EQ(this->history(server), "last words, end");
}

TYPED_TEST_P(contract_end, the_end_comes_after_a_megabyte_too) {  // C3
  auto [client, server] = this->pair();
  const std::string text = pattern(1 << 20);
  client.say(text);
  ASSERT_TRUE(this->until([&] { return client.unsent.empty(); }));
  client.socket->finish();

  ASSERT_TRUE(this->until([&] { return server.over(); }));
  EXPECT_TRUE(server.ended);
  EXPECT_TRUE(server.received == text);
}

TYPED_TEST_P(contract_end, data_and_end_that_came_before_the_watch_are_both_told) {  // C42
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("abc"), 3);
  client.hang_up();
  this->pass();

  server.reads = true;
  server.read_max = 3;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return server.over(); }));
  EXPECT_EQ(this->history(server), "abc, end");
}

TYPED_TEST_P(contract_end, the_end_is_repeated) {  // C24
  auto [client, server] = this->pair();
  client.socket->finish();
  ASSERT_TRUE(this->until([&] { return server.over(); }));

  for (int again = 0; again < 3; ++again)
    EXPECT_EQ(server.read_once(), 0);
  const int before = server.told_readable;
  server.socket->watch(readiness::readable, server.name);
  EXPECT_TRUE(this->until([&] { return server.told_readable > before; }));
}

TYPED_TEST_P(contract_end, after_the_peers_end_writes_still_arrive) {  // C4
  auto [client, server] = this->pair();
  client.socket->finish();
  ASSERT_TRUE(this->until([&] { return server.ended; }));

  const std::string text = pattern(1 << 20);
  server.say(text);
  ASSERT_TRUE(this->until([&] { return client.received.size() >= text.size(); }));
  EXPECT_TRUE(client.received == text);
  server.hang_up();
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  EXPECT_TRUE(client.ended);
}

TYPED_TEST_P(contract_end, after_finish_writing_is_a_broken_pipe_and_reading_goes_on) {  // C13
  auto [client, server] = this->pair();
  client.socket->finish();
  client.socket->finish();
  EXPECT_EQ(word_of(client.write_once("x").error()), "broken pipe");
  EXPECT_EQ(word_of(client.write_once("x").error()), "broken pipe");
  EXPECT_EQ(word_of(client.read_once().error()), "would block");

  server.say("answer");
  ASSERT_TRUE(this->until([&] { return client.received == "answer" && server.ended; }));
  EXPECT_EQ(server.received, "");
}

TYPED_TEST_P(contract_end, both_sides_may_finish) {  // C13
  auto [client, server] = this->pair();
  client.socket->finish();
  server.socket->finish();

  ASSERT_TRUE(this->until([&] { return client.over() && server.over(); }));
  EXPECT_TRUE(client.ended && server.ended);
}

TYPED_TEST_P(contract_end, writing_to_a_peer_that_closed_fails_in_the_end) {  // C5, C55
  auto [client, server] = this->pair();
  server.hang_up();
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  EXPECT_EQ(this->history(client), "end");

  const auto first = client.write_once("x");
  this->expect_one_of(first ? "taken" : word_of(first.error()), {"taken", "broken pipe", "reset"});
  this->expect_writing_fails_for_ever(client);
}

TYPED_TEST_P(contract_end, an_end_that_was_read_stays_one_when_writing_fails) {  // C24
  auto [client, server] = this->pair();
  server.hang_up();
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  this->write_until_it_fails(client);
  for (int again = 0; again < 3; ++again)
    EXPECT_EQ(client.read_once(), 0);
}

TYPED_TEST_P(contract_end, an_abort_is_a_reset_perhaps_after_what_had_arrived) {  // C6, C43
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("unread"), 6);
  this->pass();
  ASSERT_EQ(server.write_once("bytes"), 5);
  this->world.abort(std::move(server.socket));

  ASSERT_TRUE(this->until([&] { return client.over(); }));
  this->expect_one_of(this->history(client), {"bytes, reset", "reset"});
  const std::error_code first = client.read_error;
  for (int again = 0; again < 3; ++again) {
    EXPECT_EQ(client.read_once().error(), first);
    EXPECT_EQ(client.write_once("x").error(), first);
  }
}

TYPED_TEST_P(contract_end, closing_with_unread_input_resets_the_peer) {  // C7
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("unread"), 6);
  ASSERT_EQ(server.write_once("-ERR"), 4);
  this->pass();
  client.received.clear();
  server.hang_up();

  ASSERT_TRUE(this->until([&] { return client.over(); }));
  EXPECT_EQ(this->history(client), "reset");
  this->expect_writing_fails_for_ever(client);
}

TYPED_TEST_P(contract_end, what_came_before_a_reset_may_still_be_read) {  // C7
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  client.instead = [](readiness) {};
  ASSERT_EQ(client.write_once("unread"), 6);
  ASSERT_EQ(server.write_once("-ERR"), 4);
  this->pass();
  server.hang_up();
  this->write_until_it_fails(client);

  client.instead = nullptr;
  client.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  this->expect_one_of(this->history(client),
                      {"-ERR, reset", "-ERR, broken pipe", "reset", "broken pipe"});
}

TYPED_TEST_P(contract_end, a_reset_in_a_large_write_fails_it_though_more_was_taken) {  // C21
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  client.say(pattern(16 << 20));
  ASSERT_TRUE(this->until([&] { return client.taken > 0; }));
  server.read_max = 10;
  ASSERT_EQ(server.read_once(), 10);
  this->world.abort(std::move(server.socket));

  ASSERT_TRUE(this->until([&] { return bool(client.write_error); }));
  EXPECT_GT(client.taken, 10);
  this->expect_one_of(word_of(client.write_error), {"reset", "broken pipe"});
}

TYPED_TEST_P(contract_end, taken_is_not_received) {  // C41
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("SET a 1"), 7);
  this->pass();
  this->world.abort(std::move(server.socket));

  ASSERT_TRUE(this->until([&] { return client.over(); }));
  EXPECT_EQ(this->history(client), "reset");
}

TYPED_TEST_P(contract_end, a_peer_that_finishes_in_our_write_still_gets_the_rest) {  // C40
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  const std::string text = pattern(8 << 20);
  client.say(text);
  ASSERT_TRUE(this->until([&] { return client.taken > 0; }));
  server.socket->finish();
  ASSERT_TRUE(this->until([&] { return client.ended; }));
  EXPECT_FALSE(client.unsent.empty());

  server.reads = true;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return server.received.size() >= text.size(); }));
  EXPECT_TRUE(server.received == text);
}

TYPED_TEST_P(contract_end, what_was_taken_arrives_although_the_socket_is_closed) {  // C58
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  this->stuff_up(client);
  const std::size_t taken = client.taken;
  client.hang_up();

  server.reads = true;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return server.over(); }));
  EXPECT_TRUE(server.ended);
  EXPECT_EQ(server.received.size(), taken);
}

TYPED_TEST_P(contract_end, a_reset_is_told_to_who_waits_to_write) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  client.instead = [&](readiness) {};
  this->stuff_up(client);
  const int before = client.told_writable;
  client.socket->watch(readiness::writable, client.name);
  this->world.abort(std::move(server.socket));

  EXPECT_TRUE(this->until([&] { return client.told_writable > before; }));
}

REGISTER_TYPED_TEST_SUITE_P(contract_end,
                            data_then_finish_is_data_then_the_end,
                            the_end_comes_after_a_megabyte_too,
                            data_and_end_that_came_before_the_watch_are_both_told,
                            the_end_is_repeated,
                            after_the_peers_end_writes_still_arrive,
                            after_finish_writing_is_a_broken_pipe_and_reading_goes_on,
                            both_sides_may_finish,
                            writing_to_a_peer_that_closed_fails_in_the_end,
                            an_end_that_was_read_stays_one_when_writing_fails,
                            an_abort_is_a_reset_perhaps_after_what_had_arrived,
                            closing_with_unread_input_resets_the_peer,
                            what_came_before_a_reset_may_still_be_read,
                            a_reset_in_a_large_write_fails_it_though_more_was_taken,
                            taken_is_not_received,
                            a_peer_that_finishes_in_our_write_still_gets_the_rest,
                            what_was_taken_arrives_although_the_socket_is_closed,
                            a_reset_is_told_to_who_waits_to_write);

}  // namespace dovetail::io
