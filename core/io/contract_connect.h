// Clauses about connecting: what ends an attempt, and what it is like until then.

#pragma once

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/contract_scene.h"

namespace dovetail::io {

template <class World>
class contract_connect : public contract_scene<World> {
 public:
  void expect_failed_for_ever(side& one, std::initializer_list<std::string_view> reasons) {
    const auto read = one.read_once();
    ASSERT_FALSE(read.has_value());
    this->expect_one_of(word_of(read.error()), reasons);
    for (int again = 0; again < 3; ++again) {
      EXPECT_EQ(one.read_once().error(), read.error());
      EXPECT_EQ(one.write_once("x").error(), read.error());
    }
  }
};

TYPED_TEST_SUITE_P(contract_connect);

TYPED_TEST_P(contract_connect, a_connecting_socket_neither_reads_nor_writes) {
  auto door = this->listen_at(this->world.free_address());
  side& client = this->connect_to(door->where());
  EXPECT_EQ(word_of(client.read_once().error()), "would block");
  EXPECT_EQ(word_of(client.write_once("x").error()), "would block");

  ASSERT_TRUE(this->until([&] { return client.told_writable == 1; }));
  EXPECT_EQ(client.write_once("x"), 1);
}

TYPED_TEST_P(contract_connect, a_refused_attempt_is_told_and_repeats_its_error) {  // C10
  side& client = this->connect_to(this->world.deaf_address());
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1; }));
  this->expect_failed_for_ever(client, {"refused", "no such file"});
}

TYPED_TEST_P(contract_connect, a_failure_is_told_to_who_only_waits_to_read) {  // C10
  side& client = this->add(this->world.network().connect(this->world.deaf_address()));
  client.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return client.over(); }));
  this->expect_one_of(word_of(client.read_error), {"refused", "no such file"});
  EXPECT_EQ(client.told_writable, 0);
}

TYPED_TEST_P(contract_connect, a_failed_socket_tells_who_asks_again) {  // C10
  side& client = this->connect_to(this->world.deaf_address());
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1; }));
  const int before = client.told_readable;
  client.socket->watch(readiness::both, client.name);
  EXPECT_TRUE(
      this->until([&] { return client.told_writable == 2 && client.told_readable == before + 1; }));
}

TYPED_TEST_P(contract_connect, an_address_that_cannot_be_resolved_fails_likewise) {  // C31
  side& client = this->connect_to(this->world.unresolvable());
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1; }));
  this->expect_failed_for_ever(client, {"host is down", "name too long"});
}

TYPED_TEST_P(contract_connect, nothing_is_told_of_one_destroyed_while_it_resolves) {  // C32
  side& client = this->connect_to(this->world.unresolvable());
  client.hang_up();
  this->pass();
  EXPECT_EQ(client.told_writable + client.told_readable, 0);
}

TYPED_TEST_P(contract_connect, nothing_is_told_of_one_destroyed_while_it_connects) {  // C22
  auto door = this->listen_at(this->world.free_address());
  side& heard = this->connect_to(door->where());
  side& refused = this->connect_to(this->world.deaf_address());
  heard.hang_up();
  refused.hang_up();
  this->pass();
  EXPECT_EQ(heard.told_writable + refused.told_writable, 0);
}

TYPED_TEST_P(contract_connect, it_completes_before_it_is_accepted) {  // C11
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  side& client = this->connect_to(door->where());
  client.say("early");
  ASSERT_TRUE(this->until([&] { return client.unsent.empty(); }));
  EXPECT_TRUE(this->arrived.empty());

  door->resume();
  ASSERT_TRUE(
      this->until([&] { return !this->arrived.empty() && this->arrived[0]->received == "early"; }));
}

TYPED_TEST_P(contract_connect, one_that_left_before_it_was_accepted_is_data_and_the_end) {  // C12
  auto door = this->listen_at(this->world.free_address());
  door->pause();
  side& client = this->connect_to(door->where());
  client.say("left early");
  ASSERT_TRUE(this->until([&] { return client.unsent.empty(); }));
  client.hang_up();
  this->pass();

  door->resume();
  ASSERT_TRUE(this->until([&] { return !this->arrived.empty() && this->arrived[0]->over(); }));
  EXPECT_EQ(this->arrived[0]->received, "left early");
  EXPECT_TRUE(this->arrived[0]->ended);
}

TYPED_TEST_P(contract_connect, who_waits_to_read_meanwhile_is_told_when_data_comes) {
  auto door = this->listen_at(this->world.free_address());
  side& client = this->add(this->world.network().connect(door->where()));
  client.watch_for_reading();
  ASSERT_TRUE(this->until([&] { return !this->arrived.empty(); }));
  this->arrived[0]->say("welcome");
  ASSERT_TRUE(this->until([&] { return client.received == "welcome"; }));
  EXPECT_EQ(client.told_writable, 0);
}

TYPED_TEST_P(contract_connect, one_finished_meanwhile_is_the_end_for_its_peer) {
  auto door = this->listen_at(this->world.free_address());
  side& client = this->connect_to(door->where());
  client.socket->finish();
  ASSERT_TRUE(this->until([&] { return !this->arrived.empty() && this->arrived[0]->ended; }));
  EXPECT_EQ(word_of(client.write_once("x").error()), "broken pipe");
  this->arrived[0]->say("still here");
  ASSERT_TRUE(this->until([&] { return client.received == "still here"; }));
}

TYPED_TEST_P(contract_connect, many_attempts_at_once_are_all_told) {
  auto door = this->listen_at(this->world.free_address());
  const endpoint deaf = this->world.deaf_address();
  std::vector<side*> good;
  std::vector<side*> bad;
  for (int i = 0; i < 10; ++i) {
    good.push_back(&this->connect_to(door->where()));
    bad.push_back(&this->connect_to(deaf));
  }

  const auto is_told = [](const side* one) { return one->told_writable == 1; };
  ASSERT_TRUE(this->until([&] {
    return std::ranges::all_of(good, is_told) && std::ranges::all_of(bad, is_told) &&
           this->arrived.size() == 10;
  }));
  for (side* one : good)
    EXPECT_EQ(one->write_once("x"), 1);
  for (side* one : bad)
    EXPECT_FALSE(one->write_once("x").has_value());
}

// The kernel has connected both before either is told.
TYPED_TEST_P(contract_connect, the_two_ends_are_told_in_any_order) {
  auto door = this->listen_at(this->world.free_address());
  side& client = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1 && !this->arrived.empty(); }));
  const auto first = std::ranges::find_if(this->log, [](const told& one) {
    return one.what == told::kind::accepted || one.what == told::kind::writable;
  });
  this->expect_one_of(
      first->what == told::kind::accepted ? "first who accepts" : "first who connects",
      {"first who accepts", "first who connects"});
}

TYPED_TEST_P(contract_connect, one_given_up_may_have_been_answered) {
  auto door = this->listen_at(this->world.free_address());
  this->connect_to(door->where()).hang_up();
  this->pass();
  this->expect_one_of(this->arrived.empty() ? "never heard of" : "accepted",
                      {"never heard of", "accepted"});
  if (this->arrived.empty()) return;
  ASSERT_TRUE(this->until([&] { return this->arrived[0]->over(); }));
  EXPECT_TRUE(this->arrived[0]->ended);
}

TYPED_TEST_P(contract_connect, an_attempt_ends_in_a_later_turn) {
  auto [client, server] = this->pair();
  std::size_t begun = 0;
  std::vector<std::size_t> ended;
  const auto begin = [&](readiness) {
    begun = this->turns();
    for (const endpoint& to : {this->door().where(), this->world.deaf_address()}) {
      this->connect_to(to).instead = [&](readiness what) {
        if (can_write(what)) ended.push_back(this->turns());
      };
    }
  };
  server.instead = begin;
  ASSERT_EQ(client.write_once("x"), 1);
  ASSERT_TRUE(this->until([&] { return ended.size() == 2; }));
  EXPECT_GT(std::ranges::min(ended), begun);
}

TYPED_TEST_P(contract_connect, one_that_hangs_is_given_up_by_the_handlers_own_deadline) {  // C39
  auto door = this->listen_at(this->world.free_address(), {.backlog = 1});
  door->pause();
  for (int i = 0; i < 4; ++i)
    this->connect_to(door->where());
  side& last = this->connect_to(door->where());
  std::optional<instant> given_up;
  this->at_turn_end = [&](instant now) {
    if (!this->wake) this->wake = now + std::chrono::milliseconds(30);
    if (now < *this->wake || given_up) return;
    given_up = now;
    const auto size = last.write_once("x");
    this->expect_one_of(size ? "connected" : word_of(size.error()),
                        {"connected", "would block", "refused"});
    last.hang_up();
    this->wake.reset();
  };
  ASSERT_TRUE(this->until([&] { return given_up.has_value(); }));
}

TYPED_TEST_P(contract_connect, the_peer_has_a_name_for_the_log) {
  auto door = this->listen_at(this->world.free_address());
  side& client = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1 && !this->arrived.empty(); }));

  EXPECT_EQ(client.socket->peer(), to_string(door->where()));
  const std::string_view from = this->arrived[0]->socket->peer();
  this->expect_one_of(from.empty() ? "nameless" : "named", {"nameless", "named"});
  EXPECT_EQ(from.empty(), door->where().is_unix());
}

TYPED_TEST_P(contract_connect, the_name_of_one_that_failed_is_where_it_should_have_gone) {
  const endpoint deaf = this->world.deaf_address();
  side& client = this->connect_to(deaf);
  const std::string_view before = client.socket->peer();
  ASSERT_TRUE(this->until([&] { return client.told_writable == 1; }));
  EXPECT_EQ(before, to_string(deaf));
  EXPECT_EQ(client.socket->peer(), to_string(deaf));
}

REGISTER_TYPED_TEST_SUITE_P(contract_connect,
                            a_connecting_socket_neither_reads_nor_writes,
                            a_refused_attempt_is_told_and_repeats_its_error,
                            a_failure_is_told_to_who_only_waits_to_read,
                            a_failed_socket_tells_who_asks_again,
                            an_address_that_cannot_be_resolved_fails_likewise,
                            nothing_is_told_of_one_destroyed_while_it_resolves,
                            nothing_is_told_of_one_destroyed_while_it_connects,
                            it_completes_before_it_is_accepted,
                            one_that_left_before_it_was_accepted_is_data_and_the_end,
                            who_waits_to_read_meanwhile_is_told_when_data_comes,
                            one_finished_meanwhile_is_the_end_for_its_peer,
                            many_attempts_at_once_are_all_told,
                            the_two_ends_are_told_in_any_order,
                            one_given_up_may_have_been_answered,
                            an_attempt_ends_in_a_later_turn,
                            one_that_hangs_is_given_up_by_the_handlers_own_deadline,
                            the_peer_has_a_name_for_the_log,
                            the_name_of_one_that_failed_is_where_it_should_have_gone);

}  // namespace dovetail::io
