// A world for the contract's clauses: loopback sockets of this machine's kernel.

#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "asio/loop.h"
#include "asio/socket.h"
#include "asio/unix_share.h"
#include "base/check.h"
#include "base/endpoint.h"
#include "base/time.h"
#include "io/handler.h"

namespace dovetail {

// Passes everything on, and stops the loop when it is enough.
class until_enough final : public io::handler {
 public:
  until_enough(asio_loop& loop, io::handler& to, std::function<bool()> done, instant deadline)
      : loop_(loop), to_(to), done_(std::move(done)), deadline_(deadline) {}

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override {
    to_.on_accept(listener, std::move(peer), now);
  }

  void on_ready(token who, io::readiness what, instant now) override {
    to_.on_ready(who, what, now);
  }

  std::optional<instant> on_turn_end(instant now) override {
    const auto wake = to_.on_turn_end(now);
    enough = enough || done_();
    if (enough || now >= deadline_) loop_.stop();
    return std::min(wake.value_or(deadline_), deadline_);
  }

  bool enough = false;

 private:
  asio_loop& loop_;
  io::handler& to_;
  const std::function<bool()> done_;
  const instant deadline_;
};

// A directory that is gone in the end.
class scratch_directory {
 public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "dovetail.XXXXXX").string();
    DOVETAIL_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_directory() { std::filesystem::remove_all(path_); }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class asio_world {
 public:
  ~asio_world() { give_descriptors(); }

  io::network& network() { return loop_; }
  asio_loop& loop() { return loop_; }

  bool run(io::handler& to, std::function<bool()> done, duration at_most) {
    until_enough some(loop_, to, std::move(done), loop_.now() + at_most);
    loop_.run(some);
    return some.enough;
  }

  // Closing a unix socket resets its peer if input was left unread, and a TCP socket that does not
  // linger, always.
  void abort(std::unique_ptr<io::socket> end) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    const int descriptor = static_cast<asio_socket&>(*end).descriptor();
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  }

  // Its own address as text, as its peer calls it; empty for a unix socket.
  static std::string local_name(io::socket& of) {
    sockaddr_in in{};
    socklen_t size = sizeof in;
    const int descriptor = static_cast<asio_socket&>(of).descriptor();
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&in), &size) != 0) return {};
    return in.sin_family == AF_INET ? "127.0.0.1:" + std::to_string(ntohs(in.sin_port)) : "";
  }

  // Files that are open stay so; new ones would get a number beyond the limit.
  void take_descriptors() {
    DOVETAIL_CHECK(::getrlimit(RLIMIT_NOFILE, &limit_) == 0);
    const rlimit none{.rlim_cur = 3, .rlim_max = limit_.rlim_max};
    DOVETAIL_CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    taken_ = true;
  }

  void give_descriptors() {
    if (std::exchange(taken_, false)) ::setrlimit(RLIMIT_NOFILE, &limit_);
  }

  void saw(std::string_view, std::initializer_list<std::string_view>) {}

 protected:
  unix_share share_;
  asio_loop loop_{&share_};

 private:
  rlimit limit_{};
  bool taken_ = false;
};

class asio_tcp_world : public asio_world {
 public:
  endpoint free_address() { return {.host = "127.0.0.1", .port = 0, .path = {}}; }
  endpoint other_address() { return {.host = "::1", .port = 0, .path = {}}; }
  endpoint unresolvable() { return {.host = "no such host", .port = 1, .path = {}}; }

  // A port that was free a moment ago.
  endpoint deaf_address() { return (*loop_.listen(free_address(), {}, {1, 1}))->where(); }
};

class asio_unix_world : public asio_world {
 public:
  endpoint free_address() { return at(std::to_string(++files_)); }
  endpoint other_address() { return at("ein Name für Socken"); }
  endpoint deaf_address() { return at("nobody"); }
  endpoint unresolvable() { return at(std::string(200, 'x')); }

 private:
  endpoint at(const std::string& name) const {
    return {.host = {}, .port = 0, .path = directory_.file(name)};
  }

  const scratch_directory directory_;
  int files_ = 0;
};

}  // namespace dovetail
