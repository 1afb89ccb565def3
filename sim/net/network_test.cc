// What the simulated network offers beyond the seam: faults, names, eager hosts, choices.

#include "sim/net/network.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"

namespace dovetail::sim {
namespace {

using std::chrono::seconds;
using kind = happening::kind;

const endpoint shop = {.host = "shop", .port = 1, .path = {}};
const endpoint stall = {.host = "stall", .port = 1, .path = {}};
const endpoint file = {.host = {}, .port = 0, .path = "/run/shop"};

std::string word_of(const result<std::size_t>& outcome) {
  return outcome ? std::to_string(*outcome) : outcome.error().message();
}

// A handler that writes down what it is told and keeps every socket.
class diarist final : public io::handler {
 public:
  explicit diarist(host& at) : here(&at) { at.attach(*this); }

  void on_accept(token, std::unique_ptr<io::socket> peer, instant) override {
    diary += "accept ";
    sockets.push_back(std::move(peer));
    sockets.back()->watch(io::readiness::readable, {slot(), 1});
  }
  void on_ready(token who, io::readiness what, instant) override {
    diary += io::can_read(what) ? (io::can_write(what) ? "both" : "readable") : "writable";
    diary += std::to_string(who.slot) + " ";
  }
  std::optional<instant> on_turn_end(instant now) override {
    diary += "| ";
    if (wake && *wake <= now) wake.reset();
    return wake;
  }

  io::socket& connect(const endpoint& to) {
    sockets.push_back(here->connect(to));
    sockets.back()->watch(io::readiness::both, {slot(), 1});
    return *sockets.back();
  }

  std::unique_ptr<io::listener> listen(const endpoint& at) {
    auto opened = here->listen(at, {}, {9, 9});
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  }

  host* here;
  std::string diary;
  std::deque<std::unique_ptr<io::socket>> sockets;
  std::optional<instant> wake;

 private:
  std::uint32_t slot() const { return static_cast<std::uint32_t>(sockets.size()) - 1; }
};

// Answers from a list, dully when it is at its end.
class scripted_chooser final : public chooser {
 public:
  std::size_t pick(std::span<const happening>) override { return 0; }
  std::uint32_t choose(std::uint32_t n, site about) override {
    asked.push_back(about);
    if (answers.empty()) return 0;
    const std::uint32_t answer = answers.front();
    answers.pop_front();
    EXPECT_LT(answer, n);
    return answer;
  }

  std::deque<std::uint32_t> answers;
  std::vector<site> asked;
};

class network_test : public ::testing::Test {
 protected:
  // Performs the first of what is possible until nothing is.
  void calm() {
    for (int left = 100; left > 0; --left) {
      net.settle();
      net.list(possible);
      if (possible.empty()) return;
      net.perform(possible.front());
    }
    FAIL() << "never calm";
  }

  bool is_possible(kind what) {
    net.list(possible);
    for (const happening& each : possible) {
      if (each.what == what) return true;
    }
    return false;
  }

  void perform(kind what) {
    ASSERT_TRUE(is_possible(what));
    for (const happening each : possible) {
      if (each.what == what) return net.perform(each);
    }
  }

  static std::string read(io::socket& from, std::size_t most = 100) {
    std::string room(most, '\0');
    const auto size = from.read(std::as_writable_bytes(std::span(room)));
    return size ? "'" + room.substr(0, *size) + "'" : size.error().message();
  }

  static std::string write(io::socket& to, std::string_view text) {
    const io::const_buffer bytes = std::as_bytes(std::span(text));
    return word_of(to.write({&bytes, 1}));
  }

  // A connected pair, client first.
  std::pair<io::socket&, io::socket&> pair(const endpoint& at = shop) {
    if (!door_) door_ = server.listen(at);
    const std::size_t before = server.sockets.size();
    io::socket& connected = client.connect(at);
    calm();
    client.diary.clear();
    server.diary.clear();
    return {connected, *server.sockets.at(before)};
  }

  static link& link_of(io::socket& end) { return static_cast<simulated_socket&>(end).on(); }

  scripted_chooser choices;
  network net{choices, habits{}};
  diarist client{net.add_host("client")};
  diarist server{net.add_host("server")};
  std::vector<happening> possible;

 private:
  std::unique_ptr<io::listener> door_;
};

const std::string reset_text = std::make_error_code(std::errc::connection_reset).message();
const std::string pipe_text = std::make_error_code(std::errc::broken_pipe).message();
const std::string refused_text = std::make_error_code(std::errc::connection_refused).message();
const std::string blocked_text = std::make_error_code(std::errc::operation_would_block).message();

// --- attempts

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

TEST_F(network_test, a_replaced_unix_listener_still_accepts_who_waited_for_it) {
  const auto old = server.listen(file);
  old->pause();
  client.connect(file);
  calm();
  const auto fresh = client.listen(file);
  old->resume();
  client.connect(file);
  calm();
  EXPECT_EQ(server.diary, "accept | ");
  EXPECT_NE(client.diary.find("accept"), std::string::npos);
}

// --- endings

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

// --- events

TEST_F(network_test, each_direction_is_told_to_the_name_it_was_watched_with) {
  auto [here, there] = pair();
  here.watch(io::readiness::readable, {5, 1});
  here.watch(io::readiness::writable, {6, 1});
  write(there, "x");
  calm();
  EXPECT_EQ(client.diary, "readable5 | writable6 | ");
}

TEST_F(network_test, an_event_may_be_told_although_it_was_read_meanwhile) {
  for (const bool stale : {false, true}) {
    net.how().stale = stale;
    auto [here, there] = pair();
    here.watch(io::readiness::readable, {0, 1});
    write(there, "x");
    EXPECT_EQ(read(here), "'x'");
    EXPECT_EQ(is_possible(kind::readable), stale);
    calm();
    EXPECT_EQ(read(here), blocked_text);
  }
}

TEST_F(network_test, an_event_of_a_full_pipe_may_be_stale_too) {
  net.how().stale = true;
  auto [here, there] = pair();
  here.watch(io::readiness::writable, {0, 1});
  write(here, std::string(net.how().stream_bytes_max, 'x'));
  EXPECT_TRUE(is_possible(kind::writable));
}

TEST_F(network_test, a_full_pipe_is_writable_when_a_third_of_it_is_free) {
  net.how().stream_bytes_max = 30;
  auto [here, there] = pair();
  EXPECT_EQ(write(here, std::string(40, 'x')), "30");
  EXPECT_EQ(write(here, "x"), blocked_text);
  here.watch(io::readiness::writable, {0, 1});
  read(there, 9);
  EXPECT_FALSE(is_possible(kind::writable));
  EXPECT_EQ(write(here, std::string(40, 'x')), "9");
  read(there, 10);
  EXPECT_TRUE(is_possible(kind::writable));
}

TEST_F(network_test, a_wake_up_may_be_so_late_that_other_deadlines_have_passed) {
  net.how().lateness = seconds(10);
  choices.answers = {1};
  const instant first = net.now() + seconds(1);
  client.wake = first;
  server.wake = first + seconds(5);
  net.begin(*client.here);
  net.begin(*server.here);
  perform(kind::wake);
  EXPECT_EQ(net.now(), first + seconds(10));
  net.list(possible);
  ASSERT_EQ(possible.size(), 1);
  EXPECT_EQ(possible[0], (happening{kind::wake, 0, 0, server.here->number()}));
}

TEST_F(network_test, time_may_go_on_before_what_could_happen_first) {
  net.how().leaps = true;
  auto [here, there] = pair();
  client.wake = net.now() + seconds(1);
  net.begin(*client.here);
  write(here, "x");
  ASSERT_TRUE(is_possible(kind::readable));
  perform(kind::leap);
  EXPECT_TRUE(is_possible(kind::readable));
  EXPECT_TRUE(is_possible(kind::wake));
}

TEST_F(network_test, in_a_turn_only_its_own_host_is_told) {
  net.how().batches = true;
  auto [here, there] = pair();
  auto [left, right] = pair();
  here.watch(io::readiness::writable, {0, 1});
  left.watch(io::readiness::writable, {1, 1});
  there.watch(io::readiness::writable, {0, 1});
  right.watch(io::readiness::writable, {1, 1});
  ASSERT_TRUE(is_possible(kind::writable));
  const std::uint8_t side = possible[0].side;
  net.perform(happening(possible[0]));
  net.list(possible);
  ASSERT_EQ(possible.size(), 2);
  EXPECT_EQ(possible[0].what, kind::turn_end);
  EXPECT_EQ(possible[1].what, kind::writable);
  EXPECT_EQ(possible[1].side, side);
}

// --- eager hosts

// Repeats what it hears, and closes when its peer does.
class echo final : public io::handler {
 public:
  void on_accept(token, std::unique_ptr<io::socket> peer, instant) override {
    end_ = std::move(peer);
    end_->watch(io::readiness::readable, {1, 1});
  }
  void on_ready(token, io::readiness, instant) override {
    std::string room(100, '\0');
    const auto size = end_->read(std::as_writable_bytes(std::span(room)));
    if (size == 0) return end_.reset();
    const io::const_buffer heard = std::as_bytes(std::span(room)).first(size.value_or(0));
    (void)end_->write({&heard, 1});
    end_->watch(io::readiness::readable, {1, 1});
  }
  std::optional<instant> on_turn_end(instant) override { return std::nullopt; }

 private:
  std::unique_ptr<io::socket> end_;
};

TEST_F(network_test, an_eager_host_has_done_everything_before_the_chooser_is_asked) {
  net.how().cuts = cutting::anywhere;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  io::socket& end = client.connect(stall);
  net.settle();
  net.list(possible);
  ASSERT_EQ(possible.size(), 1);
  net.perform(possible[0]);
  write(end, "hello");
  const std::size_t asked = choices.asked.size();
  net.settle();
  EXPECT_EQ(choices.asked.size(), asked);
  EXPECT_EQ(read(end), "'hello'");
}

TEST_F(network_test, what_others_see_of_an_eager_host_is_still_asked) {
  net.how().loses = true;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  io::socket& end = client.connect(stall);
  calm();
  write(end, "hello");
  net.settle();
  choices.answers = {1};
  net.abort(link_of(end), 0);
  EXPECT_TRUE(choices.answers.size() == 1) << "the eager end's loss is nobody's choice";

  io::socket& other = client.connect(stall);
  calm();
  write(other, "hello");
  net.settle();
  net.reset(link_of(other));
  EXPECT_EQ(read(other), reset_text);
}

TEST_F(network_test, nobody_settles_in_the_middle_of_a_turn) {
  net.how().batches = true;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  auto [here, there] = pair();
  here.watch(io::readiness::writable, {0, 1});
  perform(kind::writable);
  client.connect(stall);
  net.settle();
  EXPECT_TRUE(net.in_turn());
  EXPECT_EQ(net.links().back()->accepted, 0);
  perform(kind::turn_end);
  net.settle();
  EXPECT_EQ(net.links().back()->accepted, 1);
}

// --- who watches the network

TEST_F(network_test, a_tap_hears_what_was_taken_and_who_let_go) {
  struct listener final : network_tap {
    void on_written(const link&, int side, std::string_view bytes) override {
      heard += std::to_string(side) + ":" + std::string(bytes) + " ";
    }
    void on_gone(const link& at) override { heard += "gone " + std::to_string(at.id) + " "; }
    std::string heard;
  } tap;
  net.how().stream_bytes_max = 4;
  auto [here, there] = pair();
  net.set_tap(&tap);
  write(here, "hello");
  write(there, "bye");
  const std::uint32_t id = link_of(here).id;
  net.abort(link_of(here), 0);
  client.sockets.clear();
  server.sockets.clear();
  EXPECT_EQ(tap.heard, "0:hell 1:bye gone " + std::to_string(id) + " ");
  net.set_tap(nullptr);
}

TEST_F(network_test, links_are_found_until_both_ends_have_let_go) {
  auto [here, there] = pair();
  const std::uint32_t first = link_of(here).id;
  pair();
  EXPECT_EQ(net.links().size(), 2);
  client.sockets.pop_front();
  EXPECT_NE(net.find(first), nullptr);
  server.sockets.pop_front();
  EXPECT_EQ(net.find(first), nullptr);
  EXPECT_EQ(net.links().size(), 1);
  EXPECT_EQ(net.find(net.links()[0]->id), net.links()[0].get());
}

}  // namespace
}  // namespace dovetail::sim
