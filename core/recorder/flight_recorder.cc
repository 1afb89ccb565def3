#include "recorder/flight_recorder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"
#include "recorder/entry.h"
#include "recorder/flight_log.h"

namespace dovetail {
namespace {

// What a call has returned, as an entry has it.
void put_result(const result<std::size_t>& from, entry& into) {
  into.failed = !from.has_value();
  into.number = from ? *from : static_cast<std::uint64_t>(from.error().value());
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

class flight_recorder::line final : public io::socket {
 public:
  line(flight_recorder& by, std::uint32_t number, std::unique_ptr<io::socket> inner)
      : by_(by), number_(number), inner_(std::move(inner)) {}

  ~line() override {
    note({.kind = entry_kind::drop, .text = {}});
    by_.lines_[number_] = nullptr;
    by_.free_lines_.push_back(number_);
  }

  result<std::size_t> read(std::span<std::byte> into) override {
    const auto got = inner_->read(into);
    entry made{.kind = entry_kind::read, .asked = into.size(), .text = {}};
    put_result(got, made);
    if (got) made.text = as_text(into.first(*got));
    note(made);
    return got;
  }

  result<std::size_t> write(std::span<const io::const_buffer> from) override {
    const auto taken = inner_->write(from);
    entry made{.kind = entry_kind::write, .text = {}};
    put_result(taken, made);
    byte_hash of_taken;
    std::size_t left = taken.value_or(0);
    for (const io::const_buffer& each : from) {
      made.asked += each.size();
      const std::size_t size = std::min(left, each.size());
      of_taken.add(each.first(size));
      left -= size;
    }
    made.hash = of_taken.value();
    note(made);
    return taken;
  }

  void watch(io::readiness what, token who) override {
    who_ = who;
    note({.kind = entry_kind::watch, .what = what, .text = {}});
    inner_->watch(what, {.slot = number_, .generation = 1});
  }

  void finish() override {
    note({.kind = entry_kind::finish, .text = {}});
    inner_->finish();
  }

  void keep_alive(const io::keep_alive_options& how) override {
    note({.kind = entry_kind::keep_alive, .text = {}});
    inner_->keep_alive(how);
  }

  std::string_view peer() const override {
    const std::string_view it = inner_->peer();
    note({.kind = entry_kind::peer, .text = it});
    return it;
  }

  std::uint32_t number() const { return number_; }
  token who() const { return who_; }

 private:
  void note(entry what) const {
    what.which = number_;
    by_.add(what);
  }

  flight_recorder& by_;
  const std::uint32_t number_;
  const std::unique_ptr<io::socket> inner_;
  token who_;  // as the handler calls it
};

class flight_recorder::door final : public io::listener {
 public:
  door(flight_recorder& by, std::uint32_t number, std::unique_ptr<io::listener> inner)
      : by_(by), number_(number), inner_(std::move(inner)) {}

  ~door() override {
    note(entry_kind::close);
    by_.doors_[number_] = token();
  }

  void pause() override {
    note(entry_kind::pause);
    inner_->pause();
  }

  void resume() override {
    note(entry_kind::resume);
    inner_->resume();
  }

  endpoint where() const override {
    endpoint it = inner_->where();
    const std::string text = to_string(it);
    note(entry_kind::where, text);
    return it;
  }

 private:
  void note(entry_kind what, std::string_view text = {}) const {
    by_.add({.kind = what, .which = number_, .text = text});
  }

  flight_recorder& by_;
  const std::uint32_t number_;
  const std::unique_ptr<io::listener> inner_;
};

void flight_recorder::note_event(entry what, instant now) {
  what.since = now - std::exchange(last_, now);
  add(what);
}

std::unique_ptr<flight_recorder::line> flight_recorder::number(std::unique_ptr<io::socket> inner) {
  if (free_lines_.empty()) {
    free_lines_.push_back(static_cast<std::uint32_t>(lines_.size()));
    lines_.push_back(nullptr);
  }
  const std::uint32_t number = free_lines_.back();
  free_lines_.pop_back();
  auto made = std::make_unique<line>(*this, number, std::move(inner));
  lines_[number] = made.get();
  return made;
}

std::unique_ptr<io::socket> flight_recorder::connect(const endpoint& to) {
  auto made = number(world_.connect(to));
  const std::string text = to_string(to);
  add({.kind = entry_kind::connect, .which = made->number(), .text = text});
  return made;
}

result<std::unique_ptr<io::listener>> flight_recorder::listen(const endpoint& at,
                                                              const io::listen_options& how,
                                                              token who) {
  auto opened = world_.listen(at, how, who);
  const auto free = std::ranges::find(doors_, token());
  const auto number = static_cast<std::uint32_t>(free - doors_.begin());
  const std::string text = to_string(at);
  const int why = opened ? 0 : opened.error().value();
  add({.kind = entry_kind::listen,
       .failed = !opened.has_value(),
       .which = number,
       .number = static_cast<std::uint64_t>(why),
       .text = text});
  if (!opened) return std::unexpected(opened.error());
  if (free == doors_.end()) {
    doors_.push_back(who);
  } else {
    *free = who;
  }
  return std::make_unique<door>(*this, number, std::move(*opened));
}

void flight_recorder::on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) {
  auto made = number(std::move(peer));
  const auto at = std::ranges::find(doors_, listener);
  DOVETAIL_CHECK(at != doors_.end());
  note_event({.kind = entry_kind::accept,
              .which = made->number(),
              .at = static_cast<std::uint32_t>(at - doors_.begin()),
              .text = {}},
             now);
  handler_->on_accept(listener, std::move(made), now);
}

void flight_recorder::on_ready(token who, io::readiness what, instant now) {
  note_event({.kind = entry_kind::ready, .what = what, .which = who.slot, .text = {}}, now);
  handler_->on_ready(lines_[who.slot]->who(), what, now);
}

std::optional<instant> flight_recorder::on_turn_end(instant now) {
  note_event({.kind = entry_kind::turn_end, .text = {}}, now);
  const auto wake = handler_->on_turn_end(now);
  const auto until = wake ? wake->time_since_epoch().count() + 1 : 0;
  add({.kind = entry_kind::woken, .number = static_cast<std::uint64_t>(until), .text = {}});
  return wake;
}

}  // namespace dovetail
