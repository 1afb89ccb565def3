#include "sim/inclusion/recorder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {

using kind = entry::kind;

class recorder::socket final : public io::socket {
 public:
  socket(recorder& by, std::unique_ptr<io::socket> real)
      : by_(by), number_(by.sockets_++), real_(std::move(real)) {}
  ~socket() override {
    if (real_ != nullptr) by_.add(kind::close, number_);
  }

  result<std::size_t> read(std::span<std::byte> into) override {
    const auto came = real_->read(into);
    entry& done = by_.add(kind::read, number_);
    done.asked = into.size();
    done.came = came;
    done.bytes.assign(reinterpret_cast<const char*>(into.data()), came.value_or(0));
    return came;
  }

  result<std::size_t> write(std::span<const io::const_buffer> from) override {
    const auto came = real_->write(from);
    entry& done = by_.add(kind::write, number_);
    for (const io::const_buffer& each : from)
      done.bytes.append(reinterpret_cast<const char*>(each.data()), each.size());
    done.asked = done.bytes.size();
    done.came = came;
    return came;
  }

  void watch(io::readiness what, token who) override {
    entry& done = by_.add(kind::watch, number_);
    done.ways = what;
    done.name = who;
    real_->watch(what, who);
  }

  void finish() override {
    by_.add(kind::finish, number_);
    real_->finish();
  }

  void keep_alive(const io::keep_alive_options& how) override { real_->keep_alive(how); }

  std::string_view peer() const override { return real_->peer(); }

  std::unique_ptr<io::socket> abandon() {
    by_.add(kind::abort, number_);
    return std::move(real_);
  }

 private:
  recorder& by_;
  const std::uint32_t number_;
  std::unique_ptr<io::socket> real_;
};

class recorder::listener final : public io::listener {
 public:
  listener(recorder& by, std::unique_ptr<io::listener> real)
      : by_(by), number_(by.listeners_++), real_(std::move(real)) {}
  ~listener() override { by_.add(kind::unlisten, number_); }

  void pause() override {
    by_.add(kind::pause, number_);
    real_->pause();
  }
  void resume() override {
    by_.add(kind::resume, number_);
    real_->resume();
  }
  endpoint where() const override { return real_->where(); }

 private:
  recorder& by_;
  const std::uint32_t number_;
  std::unique_ptr<io::listener> real_;
};

recorder::recorder(io::network& real, beyond also, journal& into)
    : real_(&real), also_(std::move(also)), into_(&into) {}

entry& recorder::add(kind what, std::uint32_t whom) {
  entry& fresh = into_->emplace_back();
  fresh.what = what;
  fresh.whom = whom;
  return fresh;
}

std::unique_ptr<io::socket> recorder::connect(const endpoint& to) {
  add(kind::connect, sockets_).where = to;
  auto fresh = real_->connect(to);
  callers_.push_back({.name = also_.local_name(*fresh), .port = to.port, .number = sockets_});
  return std::make_unique<socket>(*this, std::move(fresh));
}

result<std::unique_ptr<io::listener>> recorder::listen(const endpoint& at,
                                                       const io::listen_options& how,
                                                       token who) {
  auto opened = real_->listen(at, how, who);
  if (!opened) return opened;
  entry& done = add(kind::listen, listeners_);
  done.where = (*opened)->where();
  ports_.emplace_back(who, done.where.port);
  done.how = how;
  done.name = who;
  return std::make_unique<listener>(*this, std::move(*opened));
}

void recorder::abort(std::unique_ptr<io::socket> end) {
  also_.abort(static_cast<socket&>(*end).abandon());
}

void recorder::quiet(instant now) {
  add(kind::quiet).at = now;
}

void recorder::on_accept(token door, std::unique_ptr<io::socket> peer, instant now) {
  entry& told = add(kind::accepted, sockets_);
  told.name = door;
  told.at = now;
  // A port may have been used before; or at the same time, where another one is called.
  const auto at = std::ranges::find(ports_, door, &std::pair<token, std::uint16_t>::first);
  for (const caller& each : callers_) {
    const bool calls_here = at == ports_.end() || each.port == at->second;
    if (calls_here && !each.name.empty() && each.name == peer->peer()) told.from = each.number;
  }
  to_->on_accept(door, std::make_unique<socket>(*this, std::move(peer)), now);
}

void recorder::on_ready(token who, io::readiness what, instant now) {
  entry& told = add(kind::ready);
  told.name = who;
  told.ways = what;
  told.at = now;
  to_->on_ready(who, what, now);
}

std::optional<instant> recorder::on_turn_end(instant now) {
  add(kind::turn_end).at = now;
  const auto wake = to_->on_turn_end(now);
  add(kind::wish).wake = wake;
  return wake;
}

}  // namespace dovetail::sim::inclusion
