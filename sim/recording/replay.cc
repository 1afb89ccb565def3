#include "sim/recording/replay.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "config/parse.h"
#include "io/network.h"
#include "io/socket.h"
#include "proxy/proxy.h"
#include "recorder/entry.h"
#include "recorder/flight_log.h"

namespace dovetail::sim {
namespace {

std::string_view name_of(io::readiness what) {
  if (what == io::readiness::none) return "nothing";
  if (what == io::readiness::both) return "both";
  return io::can_read(what) ? "readable" : "writable";
}

std::error_code error_of(const entry& from) {
  return {static_cast<int>(from.number), std::generic_category()};
}

std::string result_of(const entry& from) {
  return from.failed ? error_of(from).message() : std::to_string(from.number);
}

}  // namespace

std::string describe(const entry& what) {
  const std::string_view name = dovetail::name_of(what.kind);
  switch (what.kind) {
    case entry_kind::accept:
      return fmt::format("accept socket {} at listener {}", what.which, what.at);
    case entry_kind::ready:
      return fmt::format("socket {} is {}", what.which, name_of(what.what));
    case entry_kind::woken:
      if (what.number == 0) return "no wake-up";
      return fmt::format("a wake-up at {} us", what.number - 1);
    case entry_kind::connect:
      return fmt::format("connect socket {} to {}", what.which, what.text);
    case entry_kind::listen:
      return fmt::format("listen at {}{}{}", what.text, what.failed ? ": " : "",
                         what.failed ? error_of(what).message() : "");
    case entry_kind::read:
      return fmt::format("read up to {} bytes of socket {}: {}", what.asked, what.which,
                         result_of(what));
    case entry_kind::write:
      return fmt::format("write {} bytes to socket {}: {}", what.asked, what.which,
                         result_of(what));
    case entry_kind::watch:
      return fmt::format("watch socket {}: {}", what.which, name_of(what.what));
    case entry_kind::finish:
    case entry_kind::keep_alive:
    case entry_kind::peer:
    case entry_kind::drop:
      return fmt::format("{} socket {}", name, what.which);
    case entry_kind::pause:
    case entry_kind::resume:
    case entry_kind::where:
    case entry_kind::close:
      return fmt::format("{} listener {}", name, what.which);
    case entry_kind::start:
    case entry_kind::turn_end:
    case entry_kind::prepare:
    case entry_kind::forget:
    case entry_kind::adopt:
    case entry_kind::drain:
      break;
  }
  return std::string(name);
}

class replayed_network::line final : public io::socket {
 public:
  line(replayed_network& of, std::uint32_t number) : of_(of), number_(number) {
    if (of_.lines_.size() <= number_) of_.lines_.resize(number_ + 1);
    of_.lines_[number_] = this;
  }

  ~line() override {
    of_.lines_[number_] = nullptr;
    of_.expect(entry_kind::drop, number_, {});
  }

  result<std::size_t> read(std::span<std::byte> into) override {
    const entry* const was =
        of_.expect(entry_kind::read, number_, fmt::format("up to {} bytes", into.size()));
    if (was == nullptr) return failure(std::errc::operation_would_block);
    if (was->asked != into.size()) {
      of_.differ(fmt::format("{}; there is room for {} now", describe(*was), into.size()));
      return failure(std::errc::operation_would_block);
    }
    if (was->failed) return std::unexpected(error_of(*was));
    std::memcpy(into.data(), was->text.data(), was->text.size());
    return was->text.size();
  }

  result<std::size_t> write(std::span<const io::const_buffer> from) override {
    std::size_t offered = 0;
    for (const io::const_buffer& each : from)
      offered += each.size();
    const entry* const was =
        of_.expect(entry_kind::write, number_, fmt::format("{} bytes", offered));
    if (was == nullptr) return failure(std::errc::operation_would_block);
    if (was->asked != offered) {
      of_.differ(fmt::format("{}; there are {} now", describe(*was), offered));
      return failure(std::errc::operation_would_block);
    }
    std::size_t left = was->failed ? 0 : was->number;
    const std::size_t taken = left;
    byte_hash of_taken;
    for (const io::const_buffer& each : from) {
      const std::size_t size = std::min(left, each.size());
      of_taken.add(each.first(size));
      left -= size;
    }
    if (of_taken.value() != was->hash) {
      of_.differ(fmt::format("{}; the bytes are others now", describe(*was)));
    }
    if (was->failed) return std::unexpected(error_of(*was));
    return taken;
  }

  void watch(io::readiness what, token who) override {
    who_ = who;
    const entry* const was = of_.expect(entry_kind::watch, number_, name_of(what));
    if (was != nullptr && was->what != what) {
      of_.differ(fmt::format("{}; now it is {}", describe(*was), name_of(what)));
    }
  }

  void finish() override { of_.expect(entry_kind::finish, number_, {}); }
  void keep_alive(const io::keep_alive_options&) override {
    of_.expect(entry_kind::keep_alive, number_, {});
  }

  std::string_view peer() const override {
    const entry* const was = of_.expect(entry_kind::peer, number_, {});
    return was != nullptr ? was->text : std::string_view();
  }

  token who() const { return who_; }

 private:
  replayed_network& of_;
  const std::uint32_t number_;
  token who_;  // as the proxy calls it
};

class replayed_network::door final : public io::listener {
 public:
  door(replayed_network& of, std::uint32_t number, endpoint asked)
      : of_(of), number_(number), asked_(std::move(asked)) {}
  ~door() override {
    of_.expect(entry_kind::close, number_, {});
    of_.doors_[number_] = token();
  }

  void pause() override { of_.expect(entry_kind::pause, number_, {}); }
  void resume() override { of_.expect(entry_kind::resume, number_, {}); }
  endpoint where() const override {
    of_.expect(entry_kind::where, number_, {});
    return asked_;
  }

 private:
  replayed_network& of_;
  const std::uint32_t number_;
  const endpoint asked_;
};

replayed_network::replayed_network(std::span<const std::string_view> chunks) : chunks_(chunks) {}

// Null at the end, and where there are no entries any more.
const entry* replayed_network::next() {
  for (;;) {
    if (const auto found = reader_.next()) {
      current_ = *found;
      ++entries_;
      return &current_;
    }
    if (!reader_.at_end()) {
      ++entries_;
      differ("the bytes there are no entry");
      return nullptr;
    }
    if (chunks_.empty()) return nullptr;
    reader_ = entry_reader(chunks_.front());
    chunks_ = chunks_.subspan(1);
  }
}

void replayed_network::differ(std::string text) {
  if (!playing()) return;
  found_ = {.entry = entries_, .event = events_, .at = now_, .text = std::move(text)};
}

// What the recording has in this place; null when that is something else, or nothing any more.
const entry* replayed_network::expect(entry_kind what,
                                      std::optional<std::uint32_t> which,
                                      std::string_view values) {
  if (!playing()) return nullptr;
  const entry* const was = next();
  const bool fits = was != nullptr && was->kind == what && (!which || was->which == *which);
  if (fits) return was;
  if (was == nullptr) {
    playing_ = false;  // it ends within an event, as one that is damaged or full may
    return nullptr;
  }
  const std::string whose = which ? " " + std::to_string(*which) : "";
  differ(fmt::format("{}; the proxy asks for {}{}{}{}", describe(*was), dovetail::name_of(what),
                     whose, values.empty() ? "" : ", ", values));
  return nullptr;
}

std::unique_ptr<io::socket> replayed_network::connect(const endpoint& to) {
  const std::string text = to_string(to);
  const entry* const was = expect(entry_kind::connect, {}, text);
  if (was != nullptr && was->text != text) {
    differ(fmt::format("{}; now it is to {}", describe(*was), text));
  }
  const auto unknown = static_cast<std::uint32_t>(lines_.size());
  return std::make_unique<line>(*this, was != nullptr ? was->which : unknown);
}

result<std::unique_ptr<io::listener>> replayed_network::listen(const endpoint& at,
                                                               const io::listen_options&,
                                                               token who) {
  const std::string text = to_string(at);
  const entry* const was = expect(entry_kind::listen, {}, text);
  if (was != nullptr && was->text != text) {
    differ(fmt::format("{}; now it is at {}", describe(*was), text));
  }
  if (was != nullptr && was->failed) return std::unexpected(error_of(*was));
  const auto number = was != nullptr ? was->which : static_cast<std::uint32_t>(doors_.size());
  if (doors_.size() <= number) doors_.resize(number + 1);
  doors_[number] = who;
  return std::make_unique<door>(*this, number, at);
}

replayed_network::line* replayed_network::find(std::uint32_t number) const {
  return number < lines_.size() ? lines_[number] : nullptr;
}

void replayed_network::tell_configuration(proxy& subject, const entry& event) {
  const auto parsed = parse_config(event.text, "recording");
  if (!parsed) return differ("a configuration that cannot be read");
  if (event.kind == entry_kind::prepare) {
    static_cast<void>(subject.prepare(parsed->what));
  } else {
    subject.adopt(parsed->what, event.number, now_);
  }
}

void replayed_network::tell(proxy& subject, const entry& event) {
  now_ += event.since;
  if (++events_ == 1) began_ = now_;
  switch (event.kind) {
    case entry_kind::start:
      return static_cast<void>(subject.start(now_));
    case entry_kind::accept:
      if (event.at >= doors_.size()) return differ("nobody listens there");
      return subject.on_accept(doors_[event.at], std::make_unique<line>(*this, event.which), now_);
    case entry_kind::ready:
      if (const line* const whose = find(event.which)) {
        return subject.on_ready(whose->who(), event.what, now_);
      }
      return differ(describe(event) + ", which is not there");
    case entry_kind::turn_end: {
      const auto wake = subject.on_turn_end(now_);
      const entry* const was = expect(entry_kind::woken, {}, {});
      const auto until = wake ? wake->time_since_epoch().count() + 1 : 0;
      if (was == nullptr || was->number == static_cast<std::uint64_t>(until)) return;
      const entry now_wanted{
          .kind = entry_kind::woken, .number = static_cast<std::uint64_t>(until), .text = {}};
      return differ(fmt::format("{}; now {}", describe(*was), describe(now_wanted)));
    }
    case entry_kind::prepare:
    case entry_kind::adopt:
      return tell_configuration(subject, event);
    case entry_kind::forget:
      return subject.forget_prepared();
    case entry_kind::drain:
      return subject.drain(now_);
    default:
      return differ(describe(event) + ", for which the proxy did not ask");
  }
}

std::optional<difference> replayed_network::play(proxy& subject) {
  playing_ = true;
  while (playing()) {
    const entry* const was = next();
    if (was == nullptr) break;
    const entry event = *was;
    tell(subject, event);
  }
  playing_ = false;
  return found_;
}

}  // namespace dovetail::sim
