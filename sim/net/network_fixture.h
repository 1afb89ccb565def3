// Two hosts on a simulated network, whose handlers write down what they are told.

#pragma once

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
#include "sim/net/network.h"

namespace dovetail::sim {

inline const endpoint shop = {.host = "shop", .port = 1, .path = {}};
inline const endpoint stall = {.host = "stall", .port = 1, .path = {}};
inline const endpoint file = {.host = {}, .port = 0, .path = "/run/shop"};

inline std::string word_of(const result<std::size_t>& outcome) {
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
  using kind = happening::kind;

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

inline const std::string reset_text = std::make_error_code(std::errc::connection_reset).message();
inline const std::string pipe_text = std::make_error_code(std::errc::broken_pipe).message();
inline const std::string refused_text =
    std::make_error_code(std::errc::connection_refused).message();
inline const std::string blocked_text =
    std::make_error_code(std::errc::operation_would_block).message();

}  // namespace dovetail::sim
