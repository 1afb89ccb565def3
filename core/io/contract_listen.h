// Clauses about listening and accepting.

#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "io/contract_scene.h"

namespace dovetail::io {

template <class World>
class contract_listen : public contract_scene<World> {
 public:
  // Connects `count` sides, each of which says its own number.
  std::vector<side*> crowd(const endpoint& to, std::size_t count) {
    std::vector<side*> all;
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(&this->connect_to(to));
      all.back()->say("#" + std::to_string(i));
    }
    return all;
  }

  bool all_answered(const std::vector<side*>& crowd) const {
    return std::ranges::all_of(crowd, [](const side* one) { return !one->received.empty(); });
  }

  // Accepted sides repeat what they hear.
  void answer_at_turn_end() {
    this->at_turn_end = [this](instant) {
      for (side* one : this->arrived)
        one->say(std::exchange(one->received, {}));
    };
  }

  void expect_all_accepted_by(token who) {
    EXPECT_TRUE(std::ranges::all_of(this->log, [&](const told& one) {
      return one.what != told::kind::accepted || one.who == who;
    }));
  }
};

TYPED_TEST_SUITE_P(contract_listen);

TYPED_TEST_P(contract_listen, who_connects_where_it_says_reaches_it) {
  auto door = this->listen_at(this->world.free_address(), {}, {3, 9});
  side& client = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return this->arrived.size() == 1 && client.told_writable == 1; }));
  this->expect_all_accepted_by({3, 9});
}

TYPED_TEST_P(contract_listen, a_crowd_is_accepted_each_once) {  // C37
  auto door = this->listen_at(this->world.free_address());
  this->crowd(door->where(), 20);
  ASSERT_TRUE(this->until([&] {
    return this->arrived.size() == 20 && std::ranges::none_of(this->arrived, [](const side* one) {
             return one->received.empty();
           });
  }));

  std::vector<std::string> heard;
  heard.reserve(this->arrived.size());
  for (const side* one : this->arrived)
    heard.push_back(one->received);
  const bool in_order = std::ranges::is_sorted(
      heard, {}, [](const std::string& text) { return std::stoi(text.substr(1)); });
  this->expect_one_of(in_order ? "in order" : "out of order", {"in order", "out of order"});
  std::ranges::sort(heard);
  EXPECT_EQ(std::ranges::unique(heard).size(), 0);
  this->pass();
  EXPECT_EQ(this->arrived.size(), 20);
}

TYPED_TEST_P(contract_listen, a_hundred_connections_each_hear_their_own) {  // C54
  auto door = this->listen_at(this->world.free_address());
  this->answer_at_turn_end();
  const auto clients = this->crowd(door->where(), 100);
  ASSERT_TRUE(this->until([&] { return this->all_answered(clients); }));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i]->received, "#" + std::to_string(i));
  }
}

TYPED_TEST_P(contract_listen, while_paused_connections_wait) {
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  side& client = this->connect_to(door->where());
  this->pass();
  EXPECT_TRUE(this->arrived.empty());
  EXPECT_FALSE(client.over());

  door->resume();
  EXPECT_TRUE(this->until([&] { return this->arrived.size() == 1; }));
}

TYPED_TEST_P(contract_listen, pausing_in_the_first_accept_leaves_the_others_waiting) {
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  this->crowd(door->where(), 5);
  this->pass();
  this->instead_of_accepting = [&](token, std::unique_ptr<socket> peer) {
    this->arrived.push_back(&this->add(std::move(peer)));
    door->pause();
  };

  for (std::size_t round = 1; round <= 5; ++round) {
    door->resume();
    ASSERT_TRUE(this->until([&] { return this->arrived.size() >= round; }));
    this->pass(std::chrono::milliseconds(2));
    EXPECT_EQ(this->arrived.size(), round);
  }
}

TYPED_TEST_P(contract_listen, pausing_and_resuming_again_and_again_accepts_each_once) {
  auto door = this->listen_at(this->world.free_address());
  for (std::size_t round = 1; round <= 5; ++round) {
    this->connect_to(door->where());
    door->pause();
    door->resume();
    door->resume();
    door->pause();
    this->pass(std::chrono::milliseconds(1));
    door->resume();
    ASSERT_TRUE(this->until([&] { return this->arrived.size() >= round; }));
  }
  this->pass();
  EXPECT_EQ(this->arrived.size(), 5);
}

TYPED_TEST_P(contract_listen, beyond_the_backlog_nobody_is_lost_without_an_error) {  // C38
  auto door = this->listen_at(this->world.free_address(), {.backlog = 1});
  door->pause();
  const auto clients = this->crowd(door->where(), 5);
  this->pass();
  door->resume();
  const auto is_told = [](const side* one) { return one->told_writable > 0; };
  ASSERT_TRUE(this->until([&] { return std::ranges::all_of(clients, is_told); }));

  const auto refused = static_cast<std::size_t>(
      std::ranges::count_if(clients, [](const side* one) { return bool(one->read_error); }));
  this->expect_one_of(refused == 0 ? "all wait" : "some are refused",
                      {"all wait", "some are refused"});
  EXPECT_TRUE(this->until([&] { return this->arrived.size() == 5 - refused; }));
}

TYPED_TEST_P(contract_listen, without_descriptors_connections_wait_and_nothing_spins) {  // C30
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  this->crowd(door->where(), 3);
  this->pass();
  door->resume();
  this->world.take_descriptors();
  const std::size_t before = this->turns();
  this->pass(std::chrono::milliseconds(50));
  EXPECT_TRUE(this->arrived.empty());
  EXPECT_LT(this->turns() - before, 10);

  this->world.give_descriptors();
  EXPECT_TRUE(this->until([&] { return this->arrived.size() == 3; }));
}

TYPED_TEST_P(contract_listen, an_address_taken_by_another_is_in_use) {
  auto door = this->listen_at(this->world.free_address());
  const auto second = this->world.network().listen(door->where(), {}, {8, 1});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), std::errc::address_in_use);

  // Who asked whether somebody is there may have been accepted, too.
  this->answer_at_turn_end();
  const auto clients = this->crowd(door->where(), 1);
  ASSERT_TRUE(this->until([&] { return this->all_answered(clients); }));
  this->expect_all_accepted_by({7, 7});
}

TYPED_TEST_P(contract_listen, the_address_can_be_used_again_at_once) {  // C33
  auto door = this->listen_at(this->world.free_address());
  const endpoint at = door->where();
  this->connect_to(at);
  ASSERT_TRUE(this->until([&] { return this->arrived.size() == 1; }));
  this->arrived[0]->hang_up();
  door.reset();

  door = this->listen_at(at);
  this->connect_to(at);
  EXPECT_TRUE(this->until([&] { return this->arrived.size() == 2; }));
}

TYPED_TEST_P(contract_listen, dropping_the_accepted_socket_refuses_the_connection) {
  auto door = this->listen_at(this->world.free_address());
  this->instead_of_accepting = [](token, std::unique_ptr<socket> peer) { peer.reset(); };
  side& client = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  this->expect_one_of(client.ended ? "end" : word_of(client.read_error), {"end", "reset"});
}

TYPED_TEST_P(contract_listen, a_destroyed_listener_accepts_no_more) {
  auto door = this->listen_at(this->world.free_address());
  const endpoint at = door->where();
  this->connect_to(at);
  door.reset();
  side& late = this->connect_to(at);
  ASSERT_TRUE(this->until([&] { return late.read_error || late.write_error; }));
  this->expect_one_of(word_of(late.read_error), {"refused", "no such file"});
  EXPECT_TRUE(this->arrived.empty());
}

TYPED_TEST_P(contract_listen, who_waits_for_a_destroyed_listener_finds_a_reset) {
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  side& waiting = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return waiting.told_writable == 1; }));
  door.reset();
  ASSERT_TRUE(this->until([&] { return waiting.over(); }));
  EXPECT_EQ(word_of(waiting.read_error), "reset");
}

TYPED_TEST_P(contract_listen, who_is_connecting_then_finds_one_too_or_nobody) {
  auto door = this->listen_at(this->world.free_address());
  side& connecting = this->connect_to(door->where());
  door.reset();
  ASSERT_TRUE(this->until([&] { return connecting.over(); }));
  this->expect_one_of(word_of(connecting.read_error), {"reset", "refused", "no such file"});
}

TYPED_TEST_P(contract_listen, a_listener_may_be_destroyed_while_it_accepts) {
  auto door = this->listen_at(this->world.free_address());
  this->instead_of_accepting = [&](token, std::unique_ptr<socket> peer) {
    this->arrived.push_back(&this->add(std::move(peer)));
    door.reset();
  };
  this->crowd(door->where(), 5);
  ASSERT_TRUE(this->until([&] { return !this->arrived.empty(); }));
  this->pass();
  EXPECT_EQ(this->arrived.size(), 1);
}

TYPED_TEST_P(contract_listen, two_listeners_are_told_apart) {
  auto front = this->listen_at(this->world.free_address(), {}, {1, 1});
  auto back = this->listen_at(this->world.free_address(), {}, {2, 1});
  std::vector<token> order;
  this->instead_of_accepting = [&](token who, std::unique_ptr<socket>) { order.push_back(who); };
  this->connect_to(back->where());
  ASSERT_TRUE(this->until([&] { return order.size() == 1; }));
  this->connect_to(front->where());
  ASSERT_TRUE(this->until([&] { return order.size() == 2; }));
  EXPECT_EQ(order, (std::vector<token>{{2, 1}, {1, 1}}));
}

TYPED_TEST_P(contract_listen, listeners_that_share_an_address_accept_each_connection_once) {
  auto one = this->listen_at(this->world.free_address(), {.reuse_port = true}, {1, 1});
  auto two = this->listen_at(one->where(), {.reuse_port = true}, {2, 1});
  this->answer_at_turn_end();
  const auto clients = this->crowd(one->where(), 10);
  ASSERT_TRUE(this->until([&] { return this->all_answered(clients); }));
  EXPECT_EQ(this->arrived.size(), 10);
}

TYPED_TEST_P(contract_listen, who_is_first_to_share_an_address_finds_it_in_use_where_others_do) {
  const io::listen_options first{.reuse_port = true, .is_first = true};
  auto one = this->listen_at(this->world.free_address(), first, {1, 1});
  const auto again = this->world.network().listen(one->where(), first, {2, 1});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error(), std::errc::address_in_use);
  auto next = this->listen_at(one->where(), {.reuse_port = true}, {3, 1});
  this->answer_at_turn_end();
  const auto clients = this->crowd(one->where(), 10);
  ASSERT_TRUE(this->until([&] { return this->all_answered(clients); }));
}

TYPED_TEST_P(contract_listen, keeping_alive_changes_nothing_that_is_seen) {  // C34
  auto door = this->listen_at(this->world.free_address());
  this->answer_at_turn_end();
  const auto clients = this->crowd(door->where(), 1);
  clients[0]->socket->keep_alive({});
  ASSERT_TRUE(this->until([&] { return this->all_answered(clients); }));
  clients[0]->socket->keep_alive({.idle_s = 60, .interval_s = 10, .count = 3});
  EXPECT_EQ(clients[0]->received, "#0");
}

TYPED_TEST_P(contract_listen, the_other_kind_of_address_works_as_well) {  // C57
  const auto opened = this->world.network().listen(this->world.other_address(), {}, {1, 1});
  const bool unknown = !opened && (opened.error() == std::errc::address_family_not_supported ||
                                   opened.error() == std::errc::address_not_available);
  this->expect_one_of(opened    ? "works"
                      : unknown ? "unknown"
                                : opened.error().message(),
                      {"works", "unknown"});
  if (!opened) return;
  this->answer_at_turn_end();
  const auto clients = this->crowd((*opened)->where(), 2);
  EXPECT_TRUE(this->until([&] { return this->all_answered(clients); }));
}

REGISTER_TYPED_TEST_SUITE_P(contract_listen,
                            who_connects_where_it_says_reaches_it,
                            a_crowd_is_accepted_each_once,
                            a_hundred_connections_each_hear_their_own,
                            while_paused_connections_wait,
                            pausing_in_the_first_accept_leaves_the_others_waiting,
                            pausing_and_resuming_again_and_again_accepts_each_once,
                            beyond_the_backlog_nobody_is_lost_without_an_error,
                            without_descriptors_connections_wait_and_nothing_spins,
                            an_address_taken_by_another_is_in_use,
                            the_address_can_be_used_again_at_once,
                            dropping_the_accepted_socket_refuses_the_connection,
                            a_destroyed_listener_accepts_no_more,
                            who_waits_for_a_destroyed_listener_finds_a_reset,
                            who_is_connecting_then_finds_one_too_or_nobody,
                            a_listener_may_be_destroyed_while_it_accepts,
                            two_listeners_are_told_apart,
                            listeners_that_share_an_address_accept_each_connection_once,
                            who_is_first_to_share_an_address_finds_it_in_use_where_others_do,
                            keeping_alive_changes_nothing_that_is_seen,
                            the_other_kind_of_address_works_as_well);

}  // namespace dovetail::io
