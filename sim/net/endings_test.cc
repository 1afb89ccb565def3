// What each end gets to know of how the other has ended.

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/net/network.h"
#include "sim/net/network_fixture.h"

namespace dovetail::sim {
namespace {

using std::chrono::seconds;

TEST_F(network_test, a_reset_is_found_by_both_ends_after_what_they_can_read) {
  auto [here, there] = pair();
  write(here, "to there");
  write(there, "to here");
  net.reset(link_of(here));
  EXPECT_EQ(read(here), "'to here'");
  EXPECT_EQ(read(here), reset_text);
  EXPECT_EQ(write(there, "x"), reset_text);
  EXPECT_EQ(read(there), "'to there'");
  EXPECT_EQ(read(there), reset_text);
}

TEST_F(network_test, two_ends_that_have_finished_cannot_be_reset) {
  auto [here, there] = pair();
  write(here, "last");
  here.finish();
  there.finish();
  net.reset(link_of(here));
  EXPECT_EQ(read(there), "'last'");
  EXPECT_EQ(read(there), "''");
  EXPECT_EQ(read(here), "''");
  EXPECT_EQ(write(here, "x"), pipe_text);
}

TEST_F(network_test, after_an_end_of_stream_a_reset_is_a_broken_pipe_to_writers_only) {
  auto [here, there] = pair();
  there.finish();
  net.reset(link_of(here));
  EXPECT_EQ(read(here), "''");
  EXPECT_EQ(write(here, "x"), pipe_text);
  EXPECT_EQ(read(here), "''");
}

TEST_F(network_test, what_a_write_has_said_is_not_contradicted_by_an_end_of_stream) {
  auto [here, there] = pair();
  there.finish();
  net.reset(link_of(here));
  EXPECT_EQ(write(here, "x"), pipe_text);
  EXPECT_EQ(read(here), pipe_text);
}

TEST_F(network_test, the_errors_of_a_unix_socket_are_each_its_own) {
  auto [here, there] = pair(file);
  write(here, "unread");
  server.sockets.clear();
  EXPECT_EQ(write(here, "x"), pipe_text);
  EXPECT_EQ(read(here), reset_text);
  EXPECT_EQ(write(here, "x"), pipe_text);
}

TEST_F(network_test, a_unix_write_to_a_closed_peer_fails_at_once) {
  auto [here, there] = pair(file);
  server.sockets.clear();
  EXPECT_EQ(write(here, "x"), pipe_text);
}

TEST_F(network_test, an_aborted_end_is_told_no_more_and_its_peer_finds_a_reset) {
  auto [here, there] = pair();
  net.abort(link_of(here), 0);
  write(there, "x");
  calm();
  EXPECT_EQ(client.diary, "");
  EXPECT_EQ(read(there), reset_text);
}

TEST_F(network_test, aborting_a_unix_socket_is_closing_it) {
  auto [here, there] = pair(file);
  write(here, "last");
  net.abort(link_of(here), 0);
  EXPECT_EQ(read(there), "'last'");
  EXPECT_EQ(read(there), "''");
}

TEST_F(network_test, an_end_that_died_is_an_end_of_stream_there_and_a_reset_here) {
  auto [here, there] = pair();
  write(there, "last words");
  net.sever(link_of(there), 1);
  calm();
  EXPECT_EQ(client.diary, "readable0 | ");
  EXPECT_EQ(server.diary, "readable0 | ");
  EXPECT_EQ(read(there), reset_text);
  EXPECT_EQ(read(here), "'last words'");
  EXPECT_EQ(read(here), "''");
  EXPECT_EQ(write(here, "into the void"), "13");
  EXPECT_EQ(write(here, "x"), pipe_text);
}

TEST_F(network_test, an_end_that_died_with_something_unread_resets_its_peer) {
  auto [here, there] = pair();
  write(here, "unread");
  net.sever(link_of(there), 1);
  EXPECT_EQ(read(here), reset_text);
}

TEST_F(network_test, a_reset_may_lose_all_or_part_of_what_was_on_its_way) {
  net.how() = {.cuts = cutting::anywhere, .loses = true};
  for (const auto& [answers, arrives] :
       std::vector<std::pair<std::deque<std::uint32_t>, std::string>>{
           {{0}, "'abcd'"}, {{1}, reset_text}, {{2, 0}, "'a'"}, {{2, 2}, "'abc'"}}) {
    auto [left, right] = pair();
    write(left, "abcd");
    choices.answers = answers;
    net.reset(link_of(left));
    EXPECT_EQ(read(right), arrives);
    EXPECT_EQ(read(right), reset_text);
  }
}

TEST_F(network_test, a_reset_may_come_too_late_for_the_end_of_the_stream_or_destroy_it) {
  net.how().loses = true;
  auto [here, there] = pair();
  here.finish();
  choices.answers = {1};
  net.reset(link_of(here));
  EXPECT_EQ(read(there), reset_text);
}

TEST_F(network_test, for_a_while_writes_to_who_has_gone_are_taken) {
  net.how().lag = seconds(1);
  auto [here, there] = pair();
  server.sockets.clear();
  choices.answers = {1, 1, 1};
  for (int times = 0; times < 3; ++times)
    EXPECT_EQ(write(here, "x"), "1");
  net.pass(seconds(2));
  choices.answers = {};
  EXPECT_EQ(write(here, "x"), "1");
  EXPECT_EQ(write(here, "x"), pipe_text);
}

TEST_F(network_test, for_a_while_the_end_of_the_stream_is_not_known) {
  net.how().lag = seconds(1);
  auto [here, there] = pair();
  there.finish();
  choices.answers = {1};
  EXPECT_EQ(read(here), blocked_text);
  EXPECT_EQ(read(here), "''");
}

TEST_F(network_test, bytes_that_cross_a_close_are_an_end_of_stream_and_then_a_reset) {
  net.how().lag = seconds(1);
  auto [here, there] = pair();
  write(here, "crossing");
  write(there, "bye");
  choices.answers = {1};
  server.sockets.clear();
  EXPECT_EQ(read(here), "'bye'");
  EXPECT_EQ(read(here), "''");
  EXPECT_EQ(write(here, "x"), pipe_text);
}

}  // namespace
}  // namespace dovetail::sim
