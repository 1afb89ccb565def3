// The stage on which the clauses of the contract are played: a handler that keeps a log, and sides
// of conversations with verbs. See contract.h.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
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

namespace dovetail::io {

// Bytes in which nothing repeats within reach of a buffer: a lost or doubled piece is seen.
inline std::string pattern(std::size_t size) {
  static std::string text;
  static std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>('!' + (state >> 24) % 90);
  }
  return text.substr(0, size);
}

inline const_buffer bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// What a read or write came to, in a word.
inline std::string word_of(const std::error_code& error) {
  if (!error) return "fine";
  if (error == std::errc::operation_would_block) return "would block";
  if (error == std::errc::connection_reset) return "reset";
  if (error == std::errc::broken_pipe) return "broken pipe";
  if (error == std::errc::connection_refused) return "refused";
  if (error == std::errc::no_such_file_or_directory) return "no such file";
  if (error == std::errc::filename_too_long) return "name too long";
  if (error.value() == 112 && error.category() == std::generic_category()) return "host is down";
  return error.message();
}

// One end of a conversation. Reads once each time it is told to, until the end; what it says goes
// out at the end of the turn.
struct side {
  side(token who, std::unique_ptr<io::socket> end) : name(who), socket(std::move(end)) {}

  const token name;
  std::unique_ptr<io::socket> socket;
  bool reads = true;             // and watches for it
  std::size_t read_max = 65536;  // bytes at a time
  std::string received;
  bool ended = false;  // a read returned 0
  std::error_code read_error;
  std::error_code write_error;
  std::string unsent;     // empty when all of it was taken
  std::size_t sent = 0;   // bytes of unsent that were
  std::size_t taken = 0;  // bytes of what it said
  int reads_with_data = 0;
  int told_readable = 0;
  int told_writable = 0;
  std::function<void(readiness)> instead;  // of what it does when told

  bool over() const { return ended || read_error; }
  void say(std::string_view text) { unsent += text; }
  void hang_up() { socket.reset(); }

  void watch_for_reading() {
    if (socket && reads && !over()) socket->watch(readiness::readable, name);
  }

  result<std::size_t> read_once() {
    std::string room(read_max, '\0');
    const auto size = socket->read(std::as_writable_bytes(std::span(room)));
    if (size) {
      received.append(room, 0, *size);
      reads_with_data += *size > 0 ? 1 : 0;
      ended = *size == 0;
    } else if (size.error() != std::errc::operation_would_block) {
      read_error = size.error();
    }
    return size;
  }

  result<std::size_t> write_once(std::string_view text) {
    const std::array pieces{bytes_of(text)};
    const auto size = socket->write(pieces);
    if (size) {
      taken += *size;
    } else if (size.error() != std::errc::operation_would_block) {
      write_error = size.error();
    }
    return size;
  }

  void flush() {
    if (!socket || unsent.empty() || write_error) return;
    const auto size = write_once(std::string_view(unsent).substr(sent));
    if (size) sent += *size;
    if (sent == unsent.size()) unsent.clear();
    if (unsent.empty()) sent = 0;
    if (!unsent.empty() && !write_error) socket->watch(readiness::writable, name);
  }

  // Writes until nothing more is taken; returns how much was.
  std::size_t stuff() {
    const std::string block = pattern(65536);
    std::size_t all = 0;
    while (const auto size = write_once(block))
      all += *size;
    return all;
  }
};

struct told {
  enum class kind { accepted, readable, writable, turn_end };
  kind what;
  token who;
  instant at;
};

template <class World>
class contract_scene : public ::testing::Test, public handler {
 public:
  void on_accept(token listener, std::unique_ptr<socket> peer, instant now) override {
    enter(told::kind::accepted, listener, now);
    if (instead_of_accepting) return instead_of_accepting(listener, std::move(peer));
    arrived.push_back(&add(std::move(peer)));
    arrived.back()->reads = arrivals_read;
    arrived.back()->watch_for_reading();
  }

  void on_ready(token who, readiness what, instant now) override {
    if (can_read(what)) enter(told::kind::readable, who, now);
    if (can_write(what)) enter(told::kind::writable, who, now);
    ASSERT_LT(who.slot, sides_.size()) << "told of something nobody named";
    side& one = *sides_[who.slot];
    ASSERT_NE(one.socket, nullptr) << "told of a socket that is gone";
    one.told_readable += can_read(what) ? 1 : 0;
    one.told_writable += can_write(what) ? 1 : 0;
    if (one.instead) return one.instead(what);
    if (!can_read(what)) return;
    (void)one.read_once();
    one.watch_for_reading();
  }

  std::optional<instant> on_turn_end(instant now) override {
    enter(told::kind::turn_end, {}, now);
    if (at_turn_end) at_turn_end(now);
    for (const auto& one : sides_)
      one->flush();
    return wake;
  }

 protected:
  using when = std::optional<instant>;

  // Runs the world until done() holds at the end of a turn. False when it took too long.
  bool until(const std::function<bool()>& done) {
    return world.run(*this, done, std::chrono::seconds(5));
  }

  // Lets time pass.
  void pass(duration time) {
    world.run(*this, [] { return false; }, time);
  }
  void pass() { pass(std::chrono::milliseconds(20)); }

  std::unique_ptr<listener> listen_at(const endpoint& at,
                                      const listen_options& how = {},
                                      token who = {7, 7}) {
    auto opened = world.network().listen(at, how, who);
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }

  // A side that connects, and is told when that has ended.
  side& connect_to(const endpoint& to) {
    side& one = add(world.network().connect(to));
    one.socket->watch(readiness::both, one.name);
    return one;
  }

  // A connected pair: who connected and who was accepted.
  std::pair<side&, side&> pair() {
    if (!door_) door_ = listen_at(world.free_address());
    const std::size_t before = arrived.size();
    side& client = connect_to(door_->where());
    EXPECT_TRUE(until([&] { return arrived.size() > before && client.told_writable > 0; }));
    return {client, *arrived.at(before)};
  }

  // Where pairs are connected.
  listener& door() { return *door_; }

  side& add(std::unique_ptr<socket> end) {
    const token name{static_cast<std::uint32_t>(sides_.size()), 1};
    sides_.push_back(std::make_unique<side>(name, std::move(end)));
    return *sides_.back();
  }

  // Where a network may do one of several things, what it did is told to the world, so that a
  // simulated one can be asked later whether it does all of them.
  void expect_one_of(std::string_view outcome, std::initializer_list<std::string_view> allowed) {
    EXPECT_TRUE(std::ranges::find(allowed, outcome) != allowed.end())
        << "'" << outcome << "' is not allowed";
    world.saw(outcome, allowed);
  }

  // Until nothing more is taken although time passes.
  void stuff_up(side& one) {
    const auto stuffed_more = [&] { return one.stuff() > 0; };
    while (stuffed_more())
      pass(std::chrono::milliseconds(5));
  }

  std::size_t turns() const {
    return static_cast<std::size_t>(std::ranges::count(log, told::kind::turn_end, &told::what));
  }

 public:  // what the clauses, whose classes are derived ones of templates, look at most
  World world;
  std::vector<told> log;
  std::vector<side*> arrived;
  bool arrivals_read = true;
  when wake;  // what every turn end answers
  std::function<void(instant)> at_turn_end;
  std::function<void(token, std::unique_ptr<socket>)> instead_of_accepting;
  bool calling = false;  // a clause is in a call, in which nothing may be told

 private:
  void enter(told::kind what, token who, instant now) {
    EXPECT_FALSE(calling) << "a call has called the handler";
    log.push_back({what, who, now});
  }

  std::unique_ptr<listener> door_;
  std::vector<std::unique_ptr<side>> sides_;
};

}  // namespace dovetail::io
