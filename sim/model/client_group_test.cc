// Model clients over real sockets, against the model servers and against servers that misbehave.

#include "sim/model/client_group.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "asio/loop.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "io/socket.h"
#include "sim/model/client.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"
#include "sim/model/testing/served.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

using std::chrono::milliseconds;
using testing::served;

// Says the same to every request line, and nothing else.
class parrot final : public server {
 public:
  explicit parrot(std::string words) : words_(std::move(words)) {}

  std::unique_ptr<conversation> accept() override { return std::make_unique<talk>(words_); }

 private:
  struct talk final : conversation {
    explicit talk(std::string_view says) : words(says) {}

    step serve(inbox& in, outbox& out, instant) override {
      const auto end = in.unread().find('\n');
      if (end == std::string_view::npos) return step::incomplete;
      in.consume(end + 1);
      out.append(words);
      return step::served;
    }

    std::string_view words;
  };

  std::string words_;
};

std::string name_of(client_end how) {
  switch (how) {
    case client_end::refused:
      return "refused";
    case client_end::finished:
      return "finished";
    case client_end::lost:
      return "lost";
    case client_end::closed:
      return "closed";
    case client_end::reset:
      return "reset";
  }
  return "?";
}

// Writes down what it is told, a word each; CRLFs are left out.
class diary final : public client_observer {
 public:
  void on_connected(client_name who, instant now) override {
    note(who, "connected");
    connected_at = now;
  }
  void on_sent(client_name who, std::size_t size, instant now) override {
    note(who, fmt::format("sent:{}", size));
    sent_at = now;
  }
  void on_received(client_name, std::string_view bytes, instant) override {
    received += bytes.size();
  }
  void on_reply(client_name who,
                request_number asked,
                std::string_view reply,
                instant now) override {
    std::string text(reply);
    std::erase(text, '\n');
    std::erase(text, '\r');
    const std::string number = asked == no_request ? "?" : std::to_string(asked);
    note(who, fmt::format("{}={}", number, text));
    replied_at = now;
    if (then) then(who);
  }
  void on_malformed(client_name who, std::string_view unread, instant) override {
    note(who, fmt::format("malformed:{}", unread.substr(0, unread.find('\r'))));
  }
  void on_ended(client_name who,
                client_end how,
                std::error_code why,
                std::string_view unread,
                instant) override {
    note(who, name_of(how));
    cut_off = unread;
    reason = why;
  }

  std::string of(std::uint32_t client) const {
    return client < pages.size() ? pages[client] : std::string();
  }

  std::vector<std::string> pages;
  std::size_t received = 0;
  std::string cut_off;
  std::error_code reason;
  instant connected_at;
  instant sent_at;
  instant replied_at;
  std::function<void(client_name)> then;

 private:
  void note(client_name who, std::string_view what) {
    if (pages.size() <= who.client) pages.resize(who.client + 1);
    std::string& page = pages[who.client];
    if (!page.empty()) page += ' ';
    page += what;
  }
};

struct client_group_test : ::testing::Test {
  static std::unique_ptr<server> redis() {
    return std::make_unique<redis_server>(redis_server::options());
  }
  static std::unique_ptr<server> memcache() {
    return std::make_unique<memcache_server>(wall_clock());
  }

  std::uint32_t add(const served& to, client_session session) {
    return add(to, std::vector{std::move(session)});
  }
  std::uint32_t add(const served& to, std::vector<client_session> sessions) {
    return group.add({.to = to.where(), .speaks = speaks, .sessions = std::move(sessions)});
  }

  bool run() {
    return testing::run_until(loop, group, [&] { return group.over() == group.size(); });
  }

  asio_loop loop;
  block_pool pool;
  diary seen;
  client_group group{loop, seen, pool};
  wire_protocol speaks = wire_protocol::redis;
};

client_request ask(std::string bytes) {
  return {.bytes = std::move(bytes) + "\r\n"};
}

client_request ask(std::string bytes, replies_due due, std::string opaque = {}) {
  return {.bytes = std::move(bytes) + "\r\n", .due = due, .opaque = std::move(opaque)};
}

TEST_F(client_group_test, asks_all_at_once_and_closes_after_the_last_reply) {
  const served server(redis());
  add(server, {.requests = {ask("SET a 1"), ask("GET a"), ask("GET b")}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:23 0=+OK 1=$11 2=$-1 closed");
}

TEST_F(client_group_test, asks_no_more_than_its_window_allows) {
  const served server(redis());
  add(server, {.requests = {ask("SET a 1"), ask("GET a"), ask("GET b")}, .window = 1});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:9 0=+OK sent:7 1=$11 sent:7 2=$-1 closed");
}

TEST_F(client_group_test, thinks_before_a_request_once_there_is_room_for_it) {
  const served server(redis());
  auto second = ask("PING");
  second.think = milliseconds(30);
  add(server, {.requests = {ask("PING"), second}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:6 0=+PONG sent:6 1=+PONG closed");
  EXPECT_GE(seen.sent_at - seen.connected_at, milliseconds(30));
}

TEST_F(client_group_test, finishes_after_an_exact_byte_and_reads_on) {
  const served server(redis());
  add(server, {.requests = {ask("SET a 1"), ask("GET a"), ask("GET a")},
               .acts = {{.what = client_deed::finish, .at = 18}}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:18 0=+OK 1=$11 finished");
}

TEST_F(client_group_test, leaves_after_writing_an_exact_byte) {
  for (const auto how : {client_deed::close, client_deed::reset}) {
    const served server(redis());
    const auto who = add(server, {.requests = {ask("SET a 1")}, .acts = {{.what = how, .at = 4}}});

    ASSERT_TRUE(run());
    EXPECT_EQ(seen.of(who),
              how == client_deed::close ? "connected sent:4 closed" : "connected sent:4 reset");
  }
}

TEST_F(client_group_test, leaves_after_reading_an_exact_byte) {
  const served server(redis());
  add(server, {.requests = {ask("SET a 1"), ask("GET a")},
               .acts = {{.what = client_deed::close, .when = client_act::point::read, .at = 7}}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:16 0=+OK closed");
  EXPECT_EQ(seen.received, 7);
  EXPECT_EQ(seen.cut_off, "$1");
}

TEST_F(client_group_test, stops_reading_after_an_exact_byte_for_a_while) {
  const served server(redis());
  add(server, {.requests = {ask("PING"), ask("PING")},
               .acts = {{.what = client_deed::stop_reading,
                         .when = client_act::point::read,
                         .at = 7,
                         .lasting = milliseconds(30)}}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:12 0=+PONG 1=+PONG closed");
  EXPECT_GE(seen.replied_at - seen.sent_at, milliseconds(30));
}

TEST_F(client_group_test, reads_nothing_until_it_is_told_to) {
  const served server(redis());
  const auto deaf =
      add(server, {.requests = {ask("PING")},
                   .acts = {{.what = client_deed::stop_reading, .when = client_act::point::read}}});
  const auto other = add(server, {.pause = milliseconds(30), .requests = {ask("PING")}});
  seen.then = [&](client_name who) {
    if (who.client == other) group.tell(deaf, client_deed::resume_reading);
    if (who.client == deaf) {
      EXPECT_NE(seen.of(other), "");
    }
  };

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(deaf), "connected sent:6 0=+PONG closed");
}

TEST_F(client_group_test, does_what_it_is_told_when_the_turn_ends) {
  const served server(redis());
  const auto who = add(server, {.requests = {ask("PING")}, .ending = client_ending::stay});
  seen.then = [&](client_name) {
    if (seen.of(who).ends_with("0=+PONG")) {
      group.send(who, "GET a\r\n");
      group.tell(who, client_deed::finish);
    }
  };

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(who), "connected sent:6 0=+PONG sent:7 1=$-1 finished");
}

TEST_F(client_group_test, gives_up_when_its_time_has_passed) {
  const served server(std::make_unique<parrot>(""));
  add(server,
      {.requests = {ask("PING")}, .acts = {{.when = client_act::point::elapsed, .at = 30'000}}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:6 closed");
}

TEST_F(client_group_test, comes_back_with_the_next_session) {
  const served server(redis());
  add(server,
      std::vector<client_session>{
          {.requests = {ask("SET a 1"), ask("GET a")},
           .window = 1,
           .acts = {{.what = client_deed::close, .at = 12}}},
          {.pause = milliseconds(5), .requests = {ask("GET a")}, .ending = client_ending::finish}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:9 0=+OK sent:3 closed connected sent:7 0=$11 finished");
}

TEST_F(client_group_test, repeats_its_last_session) {
  const served server(redis());
  group.add({.to = server.where(), .sessions = {{.requests = {ask("PING")}}}, .repeats = true});

  const std::string once = "connected sent:6 0=+PONG closed";
  EXPECT_TRUE(testing::run_until(
      loop, group, [&] { return seen.of(0).starts_with(once + " " + once + " " + once); }));
}

TEST_F(client_group_test, is_told_why_nobody_listens) {
  std::optional<served> server(redis());
  const endpoint nobody = server->where();
  server.reset();
  group.add({.to = nobody, .sessions = {{.requests = {ask("PING")}}}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "refused");
  EXPECT_EQ(seen.reason, std::errc::connection_refused);
}

TEST_F(client_group_test, takes_whatever_garbage_has_coming) {
  const served server(redis());
  add(server, {.requests = {ask("PING"), ask("*1\r\n$x", replies_due::any)},
               .ending = client_ending::finish});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0),
            "connected sent:14 0=+PONG 1=-ERR Protocol error: invalid bulk length finished");
}

TEST_F(client_group_test, expects_no_reply_where_none_is_due) {
  speaks = wire_protocol::memcache;
  const served server(memcache());
  add(server, {.requests = {ask("set a 0 0 1 noreply\r\nx", replies_due::none), ask("get a"),
                            ask("delete a noreply", replies_due::none), ask("get a")},
               .window = 1});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:31 1=VALUE a 0 1xEND sent:25 3=END closed");
}

TEST_F(client_group_test, knows_quiet_replies_by_their_opaque) {
  speaks = wire_protocol::memcache;
  const served server(memcache());
  add(server, {.requests = {ask("set b 0 0 1\r\nx"), ask("mg a v O1 q", replies_due::maybe, "O1"),
                            ask("mg b v O11 q", replies_due::maybe, "O11"), ask("mn")}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:47 0=STORED 2=VA 1 O11x 3=MN closed");
}

TEST_F(client_group_test, says_that_a_reply_was_not_asked_for) {
  const served server(std::make_unique<parrot>("+A\r\n+B\r\n"));
  add(server, {.requests = {ask("x")}, .ending = client_ending::stay});

  ASSERT_TRUE(testing::run_until(loop, group, [&] { return seen.of(0).ends_with("?=+B"); }));
  EXPECT_EQ(seen.of(0), "connected sent:3 0=+A ?=+B");
}

TEST_F(client_group_test, closes_when_it_does_not_understand) {
  const served server(std::make_unique<parrot>("+A\r\nhello\r\n"));
  add(server, {.requests = {ask("x"), ask("y")}});

  ASSERT_TRUE(run());
  EXPECT_EQ(seen.of(0), "connected sent:6 0=+A malformed:hello closed");
}

TEST_F(client_group_test, resets_as_it_was_told_how_to) {
  int resets = 0;
  client_group abrupt(loop, seen, pool, [&](std::unique_ptr<io::socket> victim) {
    ++resets;
    victim.reset();
  });
  const served server(redis());
  abrupt.add({.to = server.where(),
              .sessions = {{.requests = {ask("PING")}, .acts = {{.what = client_deed::reset}}}}});

  ASSERT_TRUE(testing::run_until(loop, abrupt, [&] { return abrupt.over() == 1; }));
  EXPECT_EQ(seen.of(0), "connected reset");
  EXPECT_EQ(resets, 1);
}

// Asks until there were enough.
class asks_for_more final : public client_source {
 public:
  std::optional<instant> on_room(client& who, std::size_t room, instant) override {
    most_room = std::max(most_room, room);
    for (; room > 0 && left > 0; --room, --left)
      who.send("PING\r\n", replies_due::one, {});
    if (left == 0 && who.unanswered() == 0) who.tell(client_deed::finish);
    return std::nullopt;
  }

  int left = 1000;
  std::size_t most_room = 0;
};

TEST_F(client_group_test, is_kept_busy_by_a_source) {
  const served server(redis());
  asks_for_more source;
  group.add({.to = server.where(), .sessions = {{.window = 16}}, .source = &source});

  ASSERT_TRUE(run());
  EXPECT_TRUE(seen.of(0).ends_with("999=+PONG finished")) << seen.of(0).substr(0, 1000);
  EXPECT_EQ(source.most_room, 16);
}

}  // namespace
}  // namespace dovetail::sim
