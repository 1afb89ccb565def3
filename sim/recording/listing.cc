#include "sim/recording/listing.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/time.h"
#include "io/socket.h"
#include "recorder/entry.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"

namespace dovetail::sim {
namespace {

constexpr std::size_t shown_bytes = 60;

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char each : bytes.substr(0, shown_bytes)) {
    if (each == '\r') {
      text += "\\r";
    } else if (each == '\n') {
      text += "\\n";
    } else if (each < 0x20 || each == 0x7f) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(each));
    } else {
      text += each;
    }
  }
  return bytes.size() > shown_bytes ? text + "…" : text;
}

std::string_view directions(io::readiness what) {
  if (what == io::readiness::both) return "readable and writable";
  return io::can_read(what) ? "readable" : "writable";
}

class reader {
 public:
  reader(std::uint64_t from, std::uint64_t until) : from_(from), until_(until) {}

  void take(const entry& what) {
    const std::string text = describe(what);
    if (is_event(what.kind)) {
      now_ += what.since;
      if (++event_ == 1) began_ = now_;
      const double seconds = std::chrono::duration<double>(now_ - began_).count();
      add("{:>8} {:12.6f}  {}\n", event_, seconds, text);
    } else if (!text.empty()) {
      add("{:24}{}\n", "", text);
    }
  }

  bool is_enough() const { return event_ > until_; }
  void complain() { add("{:24}the bytes here are no entry\n", ""); }
  std::string text() && { return std::move(out_); }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> how, Values&&... values) {
    if (event_ < from_ || event_ > until_) return;
    fmt::format_to(std::back_inserter(out_), how, std::forward<Values>(values)...);
  }

  std::string who(const entry& what) const {
    const auto name = names_.find(what.which);
    return name != names_.end() ? name->second : fmt::format("socket {}", what.which);
  }

  static std::string outcome(const entry& of) {
    if (!of.failed) return fmt::format("{} of {} bytes", of.number, of.asked);
    return fmt::format(
        "up to {} bytes: {}", of.asked,
        std::error_code(static_cast<int>(of.number), std::generic_category()).message());
  }

  std::string describe(const entry& what) {
    switch (what.kind) {
      case entry_kind::start:
        return "starts";
      case entry_kind::accept:
        names_[what.which] = fmt::format("client {}", what.which);
        return fmt::format("accept {} at listener {}", who(what), what.at);
      case entry_kind::ready:
        return fmt::format("{} is {}", who(what), directions(what.what));
      case entry_kind::turn_end:
        return "the turn ends";
      case entry_kind::prepare:
        return "prepare another configuration";
      case entry_kind::forget:
        return "forget it";
      case entry_kind::adopt:
        return "adopt another configuration";
      case entry_kind::drain:
        return "drain";
      case entry_kind::woken:
        if (what.number == 0) return "not to be woken";
        return fmt::format("to be woken in {} us", wake_in(what));
      case entry_kind::connect:
        names_[what.which] = fmt::format("server {} ({})", what.which, what.text);
        return fmt::format("connect {}", who(what));
      case entry_kind::listen:
        return fmt::format("listen at {}", what.text);
      case entry_kind::read:
        return fmt::format("{}: read {}{}{}", who(what), outcome(what),
                           what.text.empty() ? "" : "  ", escaped(what.text));
      case entry_kind::write:
        return fmt::format("{}: write {}", who(what), outcome(what));
      case entry_kind::finish:
      case entry_kind::drop:
        return fmt::format("{}: {}", who(what), name_of(what.kind));
      case entry_kind::pause:
      case entry_kind::resume:
      case entry_kind::close:
        return fmt::format("listener {}: {}", what.which, name_of(what.kind));
      case entry_kind::watch:
      case entry_kind::keep_alive:
      case entry_kind::peer:
      case entry_kind::where:
        break;
    }
    return {};
  }

  duration::rep wake_in(const entry& what) const {
    return static_cast<duration::rep>(what.number - 1) - now_.time_since_epoch().count();
  }

  const std::uint64_t from_, until_;
  std::uint64_t event_ = 0;
  instant began_{}, now_{};
  std::map<std::uint32_t, std::string> names_;  // of sockets, by number
  std::string out_;
};

}  // namespace

std::string list(const recording& of, std::uint64_t from, std::uint64_t until) {
  reader made(from, until);
  for (const std::string& chunk : of.chunks) {
    entry_reader entries(chunk);
    while (const auto next = entries.next()) {
      made.take(*next);
      if (made.is_enough()) return std::move(made).text();
    }
    if (entries.at_end()) continue;
    made.complain();
    break;
  }
  return std::move(made).text();
}

}  // namespace dovetail::sim
