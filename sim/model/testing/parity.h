// The same bytes for a model and for the server it models, and what they answer.

#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <ostream>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/check.h"
#include "buffer/block.h"
#include "sim/model/conversation.h"
#include "sim/model/testing/process.h"

namespace dovetail::sim::testing {

// A server from Debian on a free port of this host.
class real_server {
 public:
  // `words` makes its command line for a port.
  explicit real_server(
      const std::function<std::vector<std::string>(const std::string& port)>& words) {
    for (int attempt = 0; attempt < 5 && !is_up(); ++attempt) {
      port_ = free_port();
      process_ = std::make_unique<process>(words(std::to_string(port_)));
      while (!is_up() && !process_->ended())
        poll(nullptr, 0, 10);
    }
    DOVETAIL_CHECK(is_up());
  }

  std::uint16_t port() const { return port_; }
  void signal(int which) const { process_->signal(which); }

 private:
  bool is_up() { return process_ && !process_->ended() && client(port_).connected(); }

  std::uint16_t port_ = 0;
  std::unique_ptr<process> process_;
};

// A question whose answer marks the end of another one's.
struct marker {
  std::string question;
  std::string answer;
};

struct answer {
  std::string bytes;
  bool closed = false;

  bool operator==(const answer&) const = default;
};

inline std::ostream& operator<<(std::ostream& to, const answer& shown) {
  return to << ::testing::PrintToString(shown.bytes) << (shown.closed ? " and closes" : "");
}

// Asks a real server, over one connection for as long as that lasts.
class real_talk {
 public:
  real_talk(std::uint16_t port, marker end) : port_(port), end_(std::move(end)) {}

  answer ask(std::string_view bytes) {
    if (!client_) client_ = std::make_unique<client>(port_);
    client_->send(std::string(bytes) + end_.question);
    std::string all = client_->receive_until(end_.answer);
    if (all.ends_with(end_.answer)) {
      all.resize(all.size() - end_.answer.size());
      return {std::move(all), false};
    }
    client_.reset();
    return {std::move(all), true};
  }

 private:
  std::uint16_t port_;
  marker end_;
  std::unique_ptr<client> client_;
};

// Asks a model, whose bytes arrive in pieces of `piece_bytes`.
class model_talk {
 public:
  model_talk(server& with, std::size_t piece_bytes) : with_(&with), piece_bytes_(piece_bytes) {}

  answer ask(std::string_view bytes, instant now) {
    if (!talk_) talk_ = with_->accept();
    inbox in(pool_);
    outbox out(pool_);
    auto step = conversation::step::incomplete;
    while (!bytes.empty() && step != conversation::step::hang_up) {
      const auto piece = bytes.substr(0, piece_bytes_);
      bytes.remove_prefix(piece.size());
      receive(in, piece);
      do {
        step = talk_->serve(in, out, now);
      } while (step == conversation::step::served);
    }
    const bool closed = step == conversation::step::hang_up;
    DOVETAIL_CHECK(closed || in.empty());
    if (closed) talk_.reset();
    return {text(out), closed};
  }

 private:
  static void receive(inbox& in, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto room = in.room();
      const auto taken = bytes.substr(0, room.size());
      std::memcpy(room.data(), taken.data(), taken.size());
      in.fill(taken.size());
      bytes.remove_prefix(taken.size());
    }
  }

  static std::string text(outbox& out) {
    std::string all;
    std::span<const std::byte> piece;
    while (out.gather(std::span(&piece, 1)) == 1) {
      all.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      out.drop(piece.size());
    }
    return all;
  }

  server* with_;
  std::size_t piece_bytes_;
  block_pool pool_;
  std::unique_ptr<conversation> talk_;
};

}  // namespace dovetail::sim::testing
