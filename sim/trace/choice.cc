#include "sim/trace/choice.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "sim/net/choice.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

using kind = happening::kind;
using whom = named_happening::whom;

constexpr std::array<std::string_view, 9> kinds = {
    "turn_end", "accept", "connected", "readable", "writable", "both", "wake", "leap", "fault"};
constexpr std::array<std::string_view, 4> sites = {"read_size", "write_size", "outcome",
                                                   "behaviour"};
constexpr std::array<std::string_view, 3> hosts = {"proxy", "servers", "clients"};

bool names_end(kind what) {
  return what == kind::readable || what == kind::writable || what == kind::both;
}

std::string_view end_name(whom is, std::uint8_t side) {
  if (is == whom::to_client) return side == 0 ? "client" : "proxy";
  return side == 0 ? "proxy" : "server";
}

std::string whom_text(const named_happening& of) {
  const std::string number = std::to_string(of.number);
  switch (of.is) {
    case whom::nobody:
      return {};
    case whom::host:
      return of.number < hosts.size() ? " " + std::string(hosts[of.number]) : " host " + number;
    case whom::client:
      return " client " + number;
    case whom::server:
      return " server " + number;
    case whom::to_client:
      return " client " + number + " #" + std::to_string(of.nth);
    case whom::to_server:
      return " server " + number + " #" + std::to_string(of.nth);
    case whom::unknown:
      return " unknown";
  }
  return {};
}

// Takes words off a line.
class word_reader {
 public:
  explicit word_reader(std::string_view text) : left_(text) {}

  std::string_view next() {
    left_.remove_prefix(std::min(left_.find_first_not_of(' '), left_.size()));
    const std::string_view word = left_.substr(0, left_.find(' '));
    left_.remove_prefix(word.size());
    return word;
  }

  std::optional<std::uint32_t> number() { return number(next()); }

  static std::optional<std::uint32_t> number(std::string_view word) {
    const auto value = parse_unsigned(word, std::numeric_limits<std::uint32_t>::max());
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
  }

 private:
  std::string_view left_;
};

template <std::size_t N>
std::optional<std::size_t> place_of(const std::array<std::string_view, N>& names,
                                    std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional<std::size_t>(found - names.begin());
}

std::optional<fault> fault_named(std::string_view name) {
  for (std::size_t each = 0; each < faults; ++each) {
    if (name_of(static_cast<fault>(each)) == name) return static_cast<fault>(each);
  }
  return std::nullopt;
}

std::unexpected<std::string> wrong(std::string_view what, std::string_view word) {
  const std::string said = word.empty() ? "nothing" : "'" + std::string(word) + "'";
  return std::unexpected(std::string(what) + " expected, not " + said);
}

// The words behind `client` or `server`.
std::expected<void, std::string> read_numbered(word_reader& from, named_happening& into) {
  const std::string_view digits = from.next();
  const auto number = word_reader::number(digits);
  if (!number) return wrong("a number", digits);
  into.number = *number;
  const bool connection = into.what != kind::fault || into.wrong == fault::server_reset ||
                          into.wrong == fault::server_close;
  if (!connection) return {};
  const std::string_view nth = from.next();
  const auto which = nth.starts_with('#') ? word_reader::number(nth.substr(1)) : std::nullopt;
  if (!which) return wrong("a connection such as #1", nth);
  into.nth = *which;
  into.is = into.is == whom::client ? whom::to_client : whom::to_server;
  if (!names_end(into.what)) return {};
  const std::string_view at = from.next();
  const std::string_view end = from.next();
  if (at != "at") return wrong("'at' and an end", at);
  for (const std::uint8_t side : {std::uint8_t{0}, std::uint8_t{1}}) {
    if (end_name(into.is, side) != end) continue;
    into.side = side;
    return {};
  }
  return wrong("an end of that connection", end);
}

std::expected<void, std::string> read_whom(word_reader& from, named_happening& into) {
  const std::string_view word = from.next();
  if (const auto host = place_of(hosts, word)) {
    into.is = whom::host;
    into.number = static_cast<std::uint32_t>(*host);
    return {};
  }
  if (word == "client" || word == "server") {
    into.is = word == "client" ? whom::client : whom::server;
    return read_numbered(from, into);
  }
  if (word.empty() && into.what == kind::fault) return {};
  return wrong("proxy, servers, clients, client N or server N", word);
}

std::expected<choice, std::string> read_number(word_reader& from) {
  const std::string_view name = from.next();
  const auto about = place_of(sites, name);
  if (!about) return wrong("read_size, write_size, outcome or behaviour", name);
  const auto number = from.number();
  if (!number) return std::unexpected("a number expected after " + std::string(name));
  return choice{.picks = false, .event = {}, .about = static_cast<site>(*about), .number = *number};
}

std::expected<choice, std::string> read_event(word_reader& from, std::string_view name) {
  const auto what = place_of(kinds, name);
  if (!what) return wrong("a happening or 'choose'", name);
  choice read{.picks = true, .event = {.what = static_cast<kind>(*what)}};
  if (read.event.what == kind::fault) {
    const std::string_view which = from.next();
    const auto known = fault_named(which);
    if (!known) return wrong("the name of a fault", which);
    read.event.wrong = *known;
  }
  if (const auto whose = read_whom(from, read.event); !whose) {
    return std::unexpected(whose.error());
  }
  return read;
}

}  // namespace

std::string to_text(const named_happening& event) {
  std::string text(kinds[std::to_underlying(event.what)]);
  if (event.what == kind::fault) text += " " + std::string(name_of(event.wrong));
  text += whom_text(event);
  const bool ended = event.is == whom::to_client || event.is == whom::to_server;
  if (ended && names_end(event.what)) {
    text += " at " + std::string(end_name(event.is, event.side));
  }
  return text;
}

std::string to_text(const choice& of) {
  if (of.picks) return to_text(of.event);
  return "choose " + std::string(sites[std::to_underlying(of.about)]) + " " +
         std::to_string(of.number);
}

std::expected<choice, std::string> parse_choice(std::string_view text) {
  word_reader from(text);
  const std::string_view first = from.next();
  auto read = first == "choose" ? read_number(from) : read_event(from, first);
  if (!read) return read;
  const std::string_view rest = from.next();
  if (!rest.empty()) return wrong("the end of the line", rest);
  return read;
}

}  // namespace dovetail::sim
