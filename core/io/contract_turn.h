// Clauses about events: turns, time, wake-ups, watches, and what is destroyed meanwhile.

#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/contract_scene.h"

namespace dovetail::io {

template <class World>
class contract_turn : public contract_scene<World> {
 public:
  // Two sides that go on talking to each other, one byte at a time.
  void chatter() {
    auto [client, server] = this->pair();
    for (side* one : {&client, &server}) {
      one->instead = [this, one](readiness what) {
        if (!can_read(what)) return;
        (void)one->read_once();
        if (this->chattering) one->say("x");
        one->watch_for_reading();
      };
    }
    client.say("x");
  }

  // When the turn ended that was first told no earlier than `at`.
  std::optional<instant> woken(instant at) const {
    const auto found = std::ranges::find_if(this->log, [&](const told& one) {
      return one.what == told::kind::turn_end && one.at >= at;
    });
    return found == this->log.end() ? std::nullopt : std::optional(found->at);
  }

  // The time of a turn's end.
  instant now() {
    this->pass(duration(0));
    return this->log.back().at;
  }

  bool chattering = true;
};

TYPED_TEST_SUITE_P(contract_turn);

TYPED_TEST_P(contract_turn, a_run_begins_with_an_empty_turn) {
  auto door = this->listen_at(this->world.free_address());
  this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return !this->arrived.empty(); }));
  EXPECT_EQ(this->log.front().what, told::kind::turn_end);
}

TYPED_TEST_P(contract_turn, every_batch_of_events_ends_with_one_turn_end) {  // C27
  this->chatter();
  this->chatter();
  ASSERT_TRUE(this->until([&] { return this->log.size() > 300; }));

  EXPECT_EQ(this->log.back().what, told::kind::turn_end);
  std::set<std::pair<token, told::kind>> in_turn;
  for (const told& one : this->log) {
    if (one.what == told::kind::turn_end) {
      in_turn.clear();
    } else if (one.what != told::kind::accepted) {
      EXPECT_TRUE(in_turn.insert({one.who, one.what}).second) << "told twice in one turn";
    }
  }
}

TYPED_TEST_P(contract_turn, time_never_goes_back) {  // C60
  this->chatter();
  ASSERT_TRUE(this->until([&] { return this->log.size() > 300; }));
  EXPECT_TRUE(std::ranges::is_sorted(this->log, {}, &told::at));
}

TYPED_TEST_P(contract_turn, who_wants_to_be_woken_is) {
  const instant at = this->now() + std::chrono::milliseconds(10);
  this->wake = at;
  ASSERT_TRUE(this->until([&] { return this->woken(at).has_value(); }));
}

TYPED_TEST_P(contract_turn, a_wake_up_may_be_moved_forward) {  // C47
  this->wake = this->now() + std::chrono::hours(1);
  this->pass(std::chrono::milliseconds(1));
  const instant at = this->log.back().at + std::chrono::milliseconds(5);
  this->wake = at;
  EXPECT_TRUE(this->until([&] { return this->woken(at).has_value(); }));
}

TYPED_TEST_P(contract_turn, a_wake_up_may_be_put_off_again_and_again) {  // C47
  const instant first = this->now() + std::chrono::milliseconds(5);
  this->wake = first;
  this->chatter();
  const instant last = first + std::chrono::milliseconds(30);
  this->at_turn_end = [&](instant now) {
    this->wake = std::min(now + std::chrono::milliseconds(5), last);
    if (now > first) this->chattering = false;
  };
  EXPECT_TRUE(this->until([&] { return this->woken(last).has_value(); }));
}

TYPED_TEST_P(contract_turn, a_wake_up_in_the_past_is_a_turn_at_once) {  // C49
  const instant before = this->now();
  this->wake = before - std::chrono::seconds(1);
  const std::size_t turns = this->turns();
  EXPECT_TRUE(this->until([&] { return this->turns() > turns + 5; }));
  EXPECT_LT(this->log.back().at - before, std::chrono::seconds(1));
}

TYPED_TEST_P(contract_turn, a_wake_up_at_the_end_of_time_is_none) {
  this->wake = instant::max();
  const std::size_t before = this->turns();
  this->pass();
  EXPECT_LT(this->turns() - before, 6);
}

TYPED_TEST_P(contract_turn, without_a_wish_and_without_events_there_are_no_turns) {
  this->pair();
  this->pass();
  const std::size_t before = this->turns();
  this->pass(std::chrono::milliseconds(50));
  EXPECT_LT(this->turns() - before, 6);
}

TYPED_TEST_P(contract_turn, no_call_calls_the_handler) {
  auto [client, server] = this->pair();
  auto door = this->listen_at(this->world.free_address());
  ASSERT_EQ(server.write_once("there is something to read"), 26);
  this->connect_to(door->where());
  side& failing = this->connect_to(this->world.deaf_address());
  const auto call_everything = [&, &mine = client] {
    this->calling = true;
    failing.socket->watch(readiness::both, failing.name);
    auto fresh = this->world.network().connect(door->where());
    fresh->watch(readiness::both, {77, 1});
    fresh.reset();
    auto second = this->world.network().listen(this->world.free_address(), {}, {78, 1});
    (*second)->pause();
    (*second)->resume();
    second->reset();
    if (mine.socket) {
      mine.socket->watch(readiness::both, mine.name);
      (void)mine.read_once();
      (void)mine.write_once("x");
      mine.socket->finish();
      mine.hang_up();
    }
    failing.hang_up();
    this->calling = false;
  };
  client.instead = [&](readiness) { call_everything(); };
  ASSERT_TRUE(this->until([&] { return client.socket == nullptr; }));
}

TYPED_TEST_P(contract_turn, one_that_another_event_destroyed_is_not_told) {  // C23
  auto [one, one_peer] = this->pair();
  auto [two, two_peer] = this->pair();
  int events = 0;
  const auto destroy_both = [&, &first = one, &second = two](readiness) {
    ++events;
    first.hang_up();
    second.hang_up();
  };
  one.instead = destroy_both;
  two.instead = destroy_both;
  ASSERT_EQ(one_peer.write_once("x"), 1);
  ASSERT_EQ(two_peer.write_once("x"), 1);

  ASSERT_TRUE(this->until([&, &first = one] { return first.socket == nullptr; }));
  this->pass();
  EXPECT_EQ(events, 1);
}

TYPED_TEST_P(contract_turn, a_socket_may_be_destroyed_in_its_own_event) {  // C51
  auto [client, server] = this->pair();
  int events = 0;
  client.instead = [&, &mine = client](readiness) {
    ++events;
    mine.hang_up();
  };
  client.socket->watch(readiness::both, client.name);
  ASSERT_EQ(server.write_once("x"), 1);
  ASSERT_TRUE(this->until([&mine = client] { return mine.socket == nullptr; }));
  this->pass();
  EXPECT_EQ(events, 1);
}

TYPED_TEST_P(contract_turn, data_that_came_for_a_destroyed_socket_is_not_told) {  // C16
  auto [client, server] = this->pair();
  ASSERT_EQ(server.write_once("too late"), 8);
  const int before = client.told_readable;
  client.hang_up();
  this->pass();
  EXPECT_EQ(client.told_readable, before);
}

TYPED_TEST_P(contract_turn, sockets_destroyed_at_a_turns_end_are_told_nothing_more) {  // C52
  auto [one, one_peer] = this->pair();
  auto [two, two_peer] = this->pair();
  const std::array all{&one, &one_peer, &two, &two_peer};
  for (side* each : all) {
    each->socket->watch(readiness::both, each->name);
    ASSERT_EQ(each->write_once("x"), 1);
  }
  bool gone = false;
  this->at_turn_end = [&](instant) {
    for (side* each : all)
      each->hang_up();
    gone = true;
  };
  ASSERT_TRUE(this->until([&] { return gone; }));
  this->pass();
}

TYPED_TEST_P(contract_turn, a_watch_is_good_for_one_event) {
  auto [client, server] = this->pair();
  server.instead = [](readiness) {};
  const int before = server.told_readable;
  client.say("one");
  ASSERT_TRUE(this->until([&, &mine = server] { return mine.told_readable > before; }));
  client.say("two");
  this->pass();
  EXPECT_EQ(server.told_readable, before + 1);
}

TYPED_TEST_P(contract_turn, what_is_watched_for_in_a_turn_is_told_in_a_later_one) {
  auto [one, one_peer] = this->pair();
  auto [two, two_peer] = this->pair();
  std::size_t watched = 0;
  std::size_t told = 0;
  one.instead = [&, &other = two](readiness) {
    watched = this->turns();
    other.socket->watch(readiness::writable, other.name);
  };
  two.instead = [&](readiness) { told = this->turns(); };
  ASSERT_EQ(one_peer.write_once("x"), 1);
  ASSERT_TRUE(this->until([&] { return told > 0; }));
  EXPECT_GT(told, watched);
}

TYPED_TEST_P(contract_turn, a_broken_socket_is_told_once_a_turn_like_any_other) {
  auto [client, server] = this->pair();
  client.instead = [&, &mine = client](readiness) {
    mine.socket->finish();
    mine.socket->watch(readiness::both, mine.name);
  };
  client.socket->watch(readiness::both, client.name);
  ASSERT_EQ(client.write_once("unread"), 6);
  server.hang_up();
  std::set<told::kind> in_turn;
  ASSERT_TRUE(this->until([&] { return this->log.size() > 100; }));
  for (const told& one : this->log) {
    if (one.what == told::kind::turn_end) {
      in_turn.clear();
    } else if (one.who == client.name) {
      EXPECT_TRUE(in_turn.insert(one.what).second) << "told twice in one turn";
    }
  }
}

TYPED_TEST_P(contract_turn, asking_again_changes_only_the_name) {
  auto [client, server] = this->pair();
  side& other = this->add(nullptr);
  other.socket = std::move(server.socket);
  other.instead = [](readiness) {};
  other.socket->watch(readiness::readable, other.name);
  const int before = server.told_readable;
  client.say("x");
  ASSERT_TRUE(this->until([&] { return other.told_readable > 0; }));
  this->pass();
  EXPECT_EQ(other.told_readable, 1);
  EXPECT_EQ(server.told_readable, before);
}

TYPED_TEST_P(contract_turn, asking_for_one_direction_leaves_the_other) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  server.instead = [](readiness) {};
  server.socket->watch(readiness::readable, server.name);
  server.socket->watch(readiness::writable, server.name);
  ASSERT_TRUE(this->until([&mine = server] { return mine.told_writable == 1; }));

  client.say("x");
  ASSERT_TRUE(this->until([&mine = server] { return mine.told_readable == 1; }));
  EXPECT_EQ(server.told_writable, 1);
}

TYPED_TEST_P(contract_turn, both_directions_are_told_once_each) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  server.instead = [](readiness) {};
  client.say("x");
  ASSERT_TRUE(this->until([&mine = client] { return mine.unsent.empty(); }));
  server.socket->watch(readiness::both, server.name);
  ASSERT_TRUE(
      this->until([&mine = server] { return mine.told_writable > 0 && mine.told_readable > 0; }));
  this->pass();
  EXPECT_EQ(server.told_writable, 1);
  EXPECT_EQ(server.told_readable, 1);
}

TYPED_TEST_P(contract_turn, what_is_ready_both_ways_is_told_in_one_event_or_in_two) {
  this->arrivals_read = false;
  auto [client, server] = this->pair();
  int events = 0;
  server.instead = [&](readiness) { ++events; };
  ASSERT_EQ(client.write_once("x"), 1);
  this->pass();
  server.socket->watch(readiness::both, server.name);
  ASSERT_TRUE(
      this->until([&mine = server] { return mine.told_writable > 0 && mine.told_readable > 0; }));
  this->expect_one_of(events == 1 ? "together" : "apart", {"together", "apart"});
}

TYPED_TEST_P(contract_turn, an_event_may_be_about_what_has_passed) {
  auto [one, one_peer] = this->pair();
  auto [two, two_peer] = this->pair();
  int events = 0;
  const auto read_both = [&, &first = one_peer, &second = two_peer](readiness) {
    ++events;
    for (side* each : {&first, &second}) {
      if (each->received.empty()) (void)each->read_once();
      if (each->received.empty()) each->watch_for_reading();
    }
  };
  one_peer.instead = read_both;
  two_peer.instead = read_both;
  ASSERT_EQ(one.write_once("1"), 1);
  ASSERT_EQ(two.write_once("2"), 1);
  ASSERT_TRUE(this->until([&, &first = one_peer, &second = two_peer] {
    return first.received == "1" && second.received == "2";
  }));
  this->pass();
  this->expect_one_of(events == 1 ? "not told" : "told all the same",
                      {"not told", "told all the same"});
}

TYPED_TEST_P(contract_turn, two_ready_sockets_are_told_in_any_order) {  // C27
  auto [one, one_peer] = this->pair();
  auto [two, two_peer] = this->pair();
  ASSERT_EQ(one.write_once("1"), 1);
  ASSERT_EQ(two.write_once("2"), 1);
  std::string order;
  one_peer.instead = [&](readiness) { order += "1"; };
  two_peer.instead = [&](readiness) { order += "2"; };
  ASSERT_TRUE(this->until([&] { return order.size() == 2; }));
  this->expect_one_of(order, {"12", "21"});
}

TYPED_TEST_P(contract_turn, data_and_a_wake_up_may_come_in_either_order) {  // C19
  auto [client, server] = this->pair();
  const instant due = this->now();
  this->wake = due;
  std::string order;
  server.instead = [&](readiness) { order += "data "; };
  this->at_turn_end = [&, turn = 0](instant) mutable {
    if (++turn == 2) order += "wake ";
    if (turn == 2) this->wake.reset();
  };
  ASSERT_EQ(client.write_once("x"), 1);
  ASSERT_TRUE(this->until([&] { return order.size() == 10; }));
  this->expect_one_of(order, {"data wake ", "wake data "});
}

TYPED_TEST_P(contract_turn, a_busy_pair_does_not_keep_others_waiting) {  // C50
  this->chatter();
  auto [client, server] = this->pair();
  const instant at = this->now() + std::chrono::milliseconds(5);
  this->wake = at;
  this->at_turn_end = [&](instant now) {
    if (now >= at) this->wake.reset();
  };
  client.say("let me through");
  EXPECT_TRUE(this->until(
      [&, &mine = server] { return mine.received == "let me through" && this->woken(at); }));
}

TYPED_TEST_P(contract_turn, a_new_socket_does_not_get_what_was_meant_for_an_old_one) {
  auto [old, old_peer] = this->pair();
  ASSERT_EQ(old_peer.write_once("for the old one"), 15);
  old.hang_up();
  auto [fresh, fresh_peer] = this->pair();
  this->pass();
  EXPECT_EQ(fresh.received, "");
  EXPECT_FALSE(fresh.over());

  fresh_peer.say("for the new one");
  ASSERT_TRUE(this->until([&mine = fresh] { return mine.received == "for the new one"; }));
}

TYPED_TEST_P(contract_turn, an_accepted_socket_can_be_used_in_the_turn_it_came_in) {
  auto door = this->listen_at(this->world.free_address());
  this->instead_of_accepting = [&](token, std::unique_ptr<socket> peer) {
    this->arrived.push_back(&this->add(std::move(peer)));
    EXPECT_EQ(this->arrived.back()->write_once("at once"), 7);
  };
  side& client = this->connect_to(door->where());
  ASSERT_TRUE(this->until([&] { return client.received == "at once"; }));
}

REGISTER_TYPED_TEST_SUITE_P(contract_turn,
                            a_run_begins_with_an_empty_turn,
                            every_batch_of_events_ends_with_one_turn_end,
                            time_never_goes_back,
                            who_wants_to_be_woken_is,
                            a_wake_up_may_be_moved_forward,
                            a_wake_up_may_be_put_off_again_and_again,
                            a_wake_up_in_the_past_is_a_turn_at_once,
                            a_wake_up_at_the_end_of_time_is_none,
                            without_a_wish_and_without_events_there_are_no_turns,
                            no_call_calls_the_handler,
                            one_that_another_event_destroyed_is_not_told,
                            a_socket_may_be_destroyed_in_its_own_event,
                            data_that_came_for_a_destroyed_socket_is_not_told,
                            sockets_destroyed_at_a_turns_end_are_told_nothing_more,
                            a_watch_is_good_for_one_event,
                            what_is_watched_for_in_a_turn_is_told_in_a_later_one,
                            a_broken_socket_is_told_once_a_turn_like_any_other,
                            asking_again_changes_only_the_name,
                            asking_for_one_direction_leaves_the_other,
                            both_directions_are_told_once_each,
                            what_is_ready_both_ways_is_told_in_one_event_or_in_two,
                            an_event_may_be_about_what_has_passed,
                            two_ready_sockets_are_told_in_any_order,
                            data_and_a_wake_up_may_come_in_either_order,
                            a_busy_pair_does_not_keep_others_waiting,
                            a_new_socket_does_not_get_what_was_meant_for_an_old_one,
                            an_accepted_socket_can_be_used_in_the_turn_it_came_in);

}  // namespace dovetail::io
