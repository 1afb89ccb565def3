// Clauses about bytes on the way: reading, writing, and being told that either is possible.

#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "io/contract_scene.h"

namespace dovetail::io {

template <class World>
class contract_stream : public contract_scene<World> {};

TYPED_TEST_SUITE_P(contract_stream);

TYPED_TEST_P(contract_stream, two_writes_arrive_as_one_read_or_as_several) {  // C1
  auto [client, server] = this->pair();
  ASSERT_EQ(client.write_once("ab"), 2);
  ASSERT_EQ(client.write_once("cd"), 2);

  ASSERT_TRUE(this->until([&] { return server.received.size() == 4; }));
  EXPECT_EQ(server.received, "abcd");
  this->expect_one_of(server.reads_with_data == 1 ? "one read" : "several reads",
                      {"one read", "several reads"});
}

TYPED_TEST_P(contract_stream, reads_of_one_byte_keep_the_order) {  // C2, C35
  auto [client, server] = this->pair();
  server.read_max = 1;
  client.say(pattern(300));

  ASSERT_TRUE(this->until([&] { return server.received.size() == 300; }));
  EXPECT_EQ(server.received, pattern(300));
  EXPECT_EQ(server.reads_with_data, 300);
}

TYPED_TEST_P(contract_stream, a_megabyte_arrives_whole_and_in_order) {  // C2, C36
  auto [client, server] = this->pair();
  const std::string text = pattern(1 << 20);
  client.say(text);

  ASSERT_TRUE(this->until([&] { return server.received.size() >= text.size(); }));
  EXPECT_TRUE(server.received == text);
  EXPECT_EQ(client.taken, text.size());
}

TYPED_TEST_P(contract_stream, both_directions_at_once_lose_nothing) {
  auto [client, server] = this->pair();
  const std::string there = pattern(1 << 20);
  const std::string back = pattern(1 << 19);
  client.say(there);
  server.say(back);

  ASSERT_TRUE(this->until([&] {
    return server.received.size() >= there.size() && client.received.size() >= back.size();
  }));
  EXPECT_TRUE(server.received == there);
  EXPECT_TRUE(client.received == back);
}

TYPED_TEST_P(contract_stream, a_full_pipe_takes_a_part_and_goes_on_when_it_is_drained) {  // C8
  auto [client, server] = this->pair();
  server.reads = false;
  const std::string text = pattern(16 << 20);
  client.say(text);
  this->pass();
  EXPECT_GT(client.taken, 0);
  EXPECT_LT(client.taken, text.size());

  server.reads = true;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return server.received.size() >= text.size(); }));
  EXPECT_TRUE(server.received == text);
}

// A kernel may find room for a few bytes more where it had none for many.
TYPED_TEST_P(contract_stream, a_full_pipe_takes_next_to_nothing_before_it_is_drained) {  // C9
  auto [client, server] = this->pair();
  server.reads = false;
  server.instead = [](readiness) {};
  this->stuff_up(client);
  const std::size_t before = client.taken;
  client.say(pattern(1 << 20));
  this->pass();
  EXPECT_LT(client.taken, before + (1U << 19));
  this->expect_one_of(client.taken == before ? "nothing" : "a little", {"nothing", "a little"});

  server.instead = nullptr;
  server.reads = true;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&mine = client] { return mine.unsent.empty(); }));
  EXPECT_EQ(client.taken, before + (1 << 20));
}

TYPED_TEST_P(contract_stream, writing_nothing_returns_zero) {  // C20
  auto [client, server] = this->pair();
  EXPECT_EQ(client.socket->write({}), 0);
  EXPECT_EQ(client.write_once(""), 0);

  client.say("x");
  ASSERT_TRUE(this->until([&] { return !server.received.empty(); }));
  EXPECT_EQ(server.received, "x");
}

TYPED_TEST_P(contract_stream, empty_pieces_of_a_write_do_not_count) {  // C25
  auto [client, server] = this->pair();
  const std::array pieces{bytes_of(""), bytes_of("ab"), bytes_of(""), bytes_of("c"), bytes_of("")};
  const auto size = client.socket->write(pieces);
  ASSERT_TRUE(size.has_value());
  EXPECT_GE(*size, 1);

  ASSERT_TRUE(this->until([&] { return server.received.size() >= *size; }));
  EXPECT_EQ(server.received, std::string("abc").substr(0, *size));
}

TYPED_TEST_P(contract_stream, as_many_pieces_as_allowed_go_out_in_their_order) {  // C26
  auto [client, server] = this->pair();
  const std::string text = pattern(3 * buffers_per_write_max);
  std::vector<const_buffer> pieces;
  pieces.reserve(buffers_per_write_max);
  for (std::size_t i = 0; i < buffers_per_write_max; ++i) {
    pieces.push_back(bytes_of(text).subspan(3 * i, 3));
  }
  const auto size = client.socket->write(pieces);
  ASSERT_TRUE(size.has_value());
  EXPECT_GE(*size, 1);

  ASSERT_TRUE(this->until([&] { return server.received.size() >= *size; }));
  EXPECT_EQ(server.received, text.substr(0, *size));
}

TYPED_TEST_P(contract_stream, a_read_without_data_would_block) {  // C59
  auto [client, server] = this->pair();
  EXPECT_EQ(word_of(client.read_once().error()), "would block");
  EXPECT_EQ(word_of(server.read_once().error()), "would block");
}

TYPED_TEST_P(contract_stream, a_read_takes_no_more_than_it_has_room_for) {  // C2
  auto [client, server] = this->pair();
  server.reads = false;
  server.instead = [](readiness) {};
  client.say("abcdef");
  ASSERT_TRUE(this->until([&] { return client.unsent.empty(); }));
  this->pass();

  server.read_max = 4;
  const auto size = server.read_once();
  ASSERT_TRUE(size.has_value());
  EXPECT_LE(*size, 4);
  EXPECT_EQ(server.received, std::string("abcdef").substr(0, *size));
}

TYPED_TEST_P(contract_stream, data_that_came_before_the_watch_is_told) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  client.say("early");
  this->pass();
  EXPECT_EQ(server.told_readable, 0);

  server.reads = true;
  server.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return server.received == "early"; }));
}

TYPED_TEST_P(contract_stream, what_a_short_read_left_is_told_to_the_next_watch) {
  auto [client, server] = this->pair();
  server.read_max = 3;
  client.say("0123456789");

  ASSERT_TRUE(this->until([&] { return server.received.size() == 10; }));
  EXPECT_EQ(server.received, "0123456789");
  EXPECT_GE(server.told_readable, 4);
}

TYPED_TEST_P(contract_stream, data_is_not_told_to_who_does_not_watch) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  client.say("unheard");
  this->pass();

  EXPECT_TRUE(client.unsent.empty());
  EXPECT_EQ(server.told_readable, 0);
  EXPECT_EQ(server.told_writable, 0);
}

TYPED_TEST_P(contract_stream, a_peer_that_does_nothing_is_silence) {  // C56
  auto [client, server] = this->pair();
  this->pass();

  EXPECT_FALSE(client.over());
  EXPECT_FALSE(server.over());
  EXPECT_EQ(client.received + server.received, "");
}

TYPED_TEST_P(contract_stream, a_connected_socket_is_told_writable_each_time_it_asks) {
  auto [client, server] = this->pair();
  for (int asked = 0; asked < 3; ++asked) {
    const int before = server.told_writable;
    server.socket->watch(readiness::writable, server.name);
    ASSERT_TRUE(this->until([&] { return server.told_writable == before + 1; }));
  }
  EXPECT_FALSE(client.over());
}

TYPED_TEST_P(contract_stream, two_hundred_questions_get_two_hundred_answers) {
  auto [client, server] = this->pair();
  for (int round = 1; round <= 200; ++round) {
    client.say("?");
    ASSERT_TRUE(this->until([&] { return server.received.size() == std::size_t(round); }));
    server.say("!");
    ASSERT_TRUE(this->until([&] { return client.received.size() == std::size_t(round); }));
  }
}

REGISTER_TYPED_TEST_SUITE_P(contract_stream,
                            two_writes_arrive_as_one_read_or_as_several,
                            reads_of_one_byte_keep_the_order,
                            a_megabyte_arrives_whole_and_in_order,
                            both_directions_at_once_lose_nothing,
                            a_full_pipe_takes_a_part_and_goes_on_when_it_is_drained,
                            a_full_pipe_takes_next_to_nothing_before_it_is_drained,
                            writing_nothing_returns_zero,
                            empty_pieces_of_a_write_do_not_count,
                            as_many_pieces_as_allowed_go_out_in_their_order,
                            a_read_without_data_would_block,
                            a_read_takes_no_more_than_it_has_room_for,
                            data_that_came_before_the_watch_is_told,
                            what_a_short_read_left_is_told_to_the_next_watch,
                            data_is_not_told_to_who_does_not_watch,
                            a_peer_that_does_nothing_is_silence,
                            a_connected_socket_is_told_writable_each_time_it_asks,
                            two_hundred_questions_get_two_hundred_answers);

}  // namespace dovetail::io
