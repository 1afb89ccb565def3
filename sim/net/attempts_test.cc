// Attempts to connect: faults, names, what is decided before it is told.

#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "base/endpoint.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/host.h"
#include "sim/net/network.h"
#include "sim/net/network_fixture.h"
#include "sim/net/route.h"

namespace dovetail::sim {
namespace {

TEST_F(network_test, a_black_hole_lasts_as_long_as_the_fault) {
  const auto door = server.listen(shop);
  net.set_reach(shop, reach::silent);
  client.connect(shop);
  EXPECT_FALSE(is_possible(kind::connected));
  calm();
  EXPECT_EQ(client.diary, "");

  net.set_reach(shop, reach::normal);
  calm();
  EXPECT_EQ(client.diary, "writable0 | ");
}

TEST_F(network_test, refusal_is_told_although_somebody_listens) {
  for (const endpoint& at : {shop, file}) {
    const auto door = server.listen(at);
    net.set_reach(at, reach::refused);
    io::socket& refused = client.connect(at);
    calm();
    EXPECT_EQ(read(refused), refused_text);
  }
}

TEST_F(network_test, the_addresses_of_a_name_are_tried_in_turn) {
  const endpoint name = {.host = "name", .port = 1, .path = {}};
  net.set_addresses(name, {stall, shop});
  const auto door = server.listen(shop);
  io::socket& found = client.connect(name);
  calm();
  EXPECT_EQ(write(found, "x"), "1");
  EXPECT_EQ(found.peer(), "name:1");
}

TEST_F(network_test, a_stale_name_leads_to_where_nobody_is_any_more) {
  const endpoint name = {.host = "name", .port = 1, .path = {}};
  net.set_addresses(name, {stall});
  const auto door = server.listen(shop);
  io::socket& lost = client.connect(name);
  calm();
  EXPECT_EQ(read(lost), refused_text);

  net.set_addresses(name, {shop});
  io::socket& found = client.connect(name);
  calm();
  EXPECT_EQ(write(found, "x"), "1");
}

TEST_F(network_test, an_address_that_does_not_answer_keeps_the_next_one_waiting) {
  const endpoint name = {.host = "name", .port = 1, .path = {}};
  net.set_addresses(name, {stall, shop});
  net.set_reach(stall, reach::silent);
  const auto door = server.listen(shop);
  client.connect(name);
  EXPECT_FALSE(is_possible(kind::connected));
  net.set_reach(stall, reach::normal);
  EXPECT_TRUE(is_possible(kind::connected));
}

TEST_F(network_test, who_finished_and_aborted_before_the_attempt_is_told_breaks_its_pipe) {
  const auto door = server.listen(shop);
  io::socket& connecting = client.connect(shop);
  perform(kind::accept);
  server.sockets.back()->finish();
  net.abort(link_of(*server.sockets.back()), 1);
  calm();
  EXPECT_EQ(write(connecting, "x"), pipe_text);
  EXPECT_EQ(read(connecting), pipe_text);
}

TEST_F(network_test, an_attempt_given_up_with_data_on_its_way_resets_the_peer) {
  for (const endpoint& at : {shop, file}) {
    const auto door = server.listen(at);
    client.connect(at);
    perform(kind::accept);
    EXPECT_EQ(write(*server.sockets.back(), "unread"), "6");
    client.sockets.clear();
    EXPECT_EQ(read(*server.sockets.back()), reset_text);
  }
}

TEST_F(network_test, without_descriptors_neither_connecting_nor_listening_succeeds) {
  const auto door = server.listen(shop);
  client.here->sockets_max = 1;
  io::socket& first = client.connect(shop);
  io::socket& second = client.connect(shop);
  calm();
  const std::string why = std::make_error_code(std::errc::too_many_files_open).message();
  EXPECT_EQ(write(first, "x"), "1");
  EXPECT_EQ(write(second, "x"), why);
  EXPECT_EQ(client.here->listen(stall, {}, {1, 1}).error(), std::errc::too_many_files_open);
}

TEST_F(network_test, a_failed_attempt_holds_no_descriptor) {
  const auto door = server.listen(shop);
  client.here->sockets_max = 1;
  client.connect(stall);
  calm();
  io::socket& second = client.connect(shop);
  calm();
  EXPECT_EQ(write(second, "x"), "1");
}

TEST_F(network_test, the_accepted_end_may_speak_before_the_other_knows_that_it_is_connected) {
  const auto door = server.listen(shop);
  io::socket& early = client.connect(shop);
  perform(kind::accept);
  EXPECT_EQ(write(*server.sockets[0], "welcome"), "7");
  EXPECT_EQ(read(early), blocked_text);
  perform(kind::connected);
  EXPECT_EQ(client.diary, "both0 | ");
  EXPECT_EQ(read(early), "'welcome'");
}

TEST_F(network_test, a_reset_before_it_knows_fails_the_attempt) {
  const auto door = server.listen(shop);
  io::socket& early = client.connect(shop);
  perform(kind::accept);
  write(*server.sockets[0], "welcome");
  net.abort(link_of(*server.sockets[0]), 1);
  perform(kind::connected);
  EXPECT_EQ(read(early), reset_text);
  EXPECT_EQ(write(early, "x"), reset_text);
}

TEST_F(network_test, a_unix_socket_is_connected_by_then_and_reads_what_came_before) {
  const auto door = server.listen(file);
  io::socket& early = client.connect(file);
  perform(kind::accept);
  write(*server.sockets[0], "welcome");
  server.sockets[0].reset();
  perform(kind::connected);
  EXPECT_EQ(read(early), "'welcome'");
  EXPECT_EQ(read(early), "''");
}

TEST_F(network_test, an_attempt_given_up_is_accepted_if_it_had_been_answered) {
  const auto door = server.listen(shop);
  choices.answers = {1};
  client.connect(shop);
  client.sockets.clear();
  calm();
  EXPECT_EQ(server.diary, "accept | readable0 | ");
  EXPECT_EQ(read(*server.sockets[0]), "''");
}

TEST_F(network_test, a_unix_socket_is_in_use_as_long_as_somebody_listens_there) {
  auto old = server.listen(file);
  EXPECT_EQ(client.here->listen(file, {}, {9, 9}).error(), std::errc::address_in_use);
  old.reset();
  const auto fresh = client.listen(file);
  server.connect(file);
  calm();
  EXPECT_NE(client.diary.find("accept"), std::string::npos);
}

}  // namespace
}  // namespace dovetail::sim
