#include "sim/scenario/steps.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "sim/scenario/requests.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"

namespace dovetail::sim {
namespace {

using deed = script_step::deed;

// Who may be meant.
enum class whom : std::uint8_t { nobody, client, server, either };

struct grammar {
  std::string_view name;
  deed what;
  whom who;
  enum class rest : std::uint8_t { none, bytes, time } then = rest::none;
};

using rest = grammar::rest;

constexpr std::array<grammar, 18> known = {{
    {"deliver", deed::deliver, whom::either, rest::bytes},
    {"accept", deed::accept, whom::either, rest::bytes},
    {"reset", deed::reset, whom::either},
    {"finish", deed::finish, whom::client},
    {"close", deed::close, whom::either},
    {"connect", deed::connect, whom::client},
    {"stop", deed::stop, whom::client},
    {"resume", deed::resume, whom::client},
    {"stall", deed::stall, whom::server},
    {"restart", deed::restart, whom::server},
    {"refuse", deed::refuse, whom::server},
    {"black_hole", deed::black_hole, whom::server},
    {"unresolve", deed::unresolve, whom::server},
    {"exhaust", deed::exhaust, whom::nobody},
    {"reload", deed::reload, whom::nobody},
    {"heal", deed::heal, whom::server},
    {"advance", deed::advance, whom::nobody, rest::time},
    {"timer", deed::timer, whom::nobody},
}};

std::vector<std::string> words_in(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void read_whom(
    const yaml_value& from, const std::string& word, whom who, const scenario& of, party& into) {
  const auto found = party_in(word, of);
  const bool fits = found && (who == whom::either || found->server == (who == whom::server));
  if (!fits) {
    return from.fail("\"" + word + "\" is no " +
                     (who == whom::client   ? "client"
                      : who == whom::server ? "server"
                                            : "client and no server") +
                     " of this scenario");
  }
  into = *found;
}

// `deliver a 2 messages`: what stood for bytes counts those.
void read_unit(const yaml_value& from, const std::string& word, script_step& into) {
  if (word != "message" && word != "messages")
    return from.fail("\"" + word + "\" says nothing here");
  if (into.bytes == 0 || into.bytes == script_step().bytes) return from.fail("how many messages?");
  into.messages = std::exchange(into.bytes, script_step().bytes);
}

// `deliver a 10`
script_step read_line(const yaml_value& from, const scenario& of) {
  script_step made;
  const auto words = words_in(from.text());
  if (words.empty()) {
    from.fail("a step begins with what is done");
    return made;
  }
  const auto* const its = std::ranges::find(known, words[0], &grammar::name);
  if (its == known.end()) {
    std::vector<std::string_view> names = {"race", "together", "now"};
    for (const grammar& each : known)
      names.push_back(each.name);
    from.fail_unknown(words[0], names);
    return made;
  }
  made.what = its->what;
  std::size_t at = 1;
  if (its->who != whom::nobody) {
    if (words.size() < 2) {
      from.fail("whom does \"" + words[0] + "\" concern?");
      return made;
    }
    read_whom(from, words[at++], its->who, of, made.whom);
  }
  if (its->then == rest::bytes && at < words.size() && words[at] != "all") {
    const auto bytes = parse_unsigned(words[at], 1U << 30);
    if (!bytes) from.fail("\"" + words[at] + "\" is not a number of bytes");
    made.bytes = static_cast<std::size_t>(bytes.value_or(0));
  }
  if (its->then == rest::bytes && at < words.size()) ++at;
  if (its->what == deed::deliver && at < words.size()) read_unit(from, words[at++], made);
  if (its->then == rest::time && at < words.size()) read_duration(from, words[at++], made.time);
  if (its->then == rest::time && made.time == duration::zero()) from.fail("how much time?");
  if (at < words.size()) from.fail("\"" + words[at] + "\" says nothing here");
  return made;
}

std::uint64_t number_in(const yaml_value& from) {
  std::uint64_t number = 0;
  read(from, number);
  return number;
}

void read_snapshot(const yaml_value& from, snapshot& into) {
  yaml_fields of(from);
  const auto number = [&](std::string_view key, std::optional<std::uint64_t>& field) {
    if (const auto value = of.take(key)) field = number_in(*value);
  };
  number("replies", into.replies);
  number("window", into.window);
  number("awaiting", into.awaiting);
  number("unwritten", into.unwritten);
  number("connections", into.connections);
  number("blocks", into.blocks);
  of.finish();
}

void read_now(const yaml_value& from, const scenario& of, script_step& into) {
  into.what = deed::now;
  for (const yaml_value& each : from.entries()) {
    const auto about = party_in(each.key(), of);
    if (about) {
      read_snapshot(each, into.things[*about]);
    } else if (each.key() == "proxy") {
      read_snapshot(each, into.proxy);
    } else {
      each.fail("\"" + each.key() + "\" is no client and no server of this scenario");
    }
  }
}

struct manner {
  enum class words : std::uint8_t { none, own, needed };

  std::string_view name;
  std::optional<fault> wrong;
  words with = words::none;
};

using with = manner::words;

constexpr std::array<manner, 11> manners = {{
    {"unasked", std::nullopt, with::needed},
    {"hang_up", fault::truncation},
    {"honest", std::nullopt},
    {"says", std::nullopt, with::needed},
    {"error", fault::error_reply, with::own},
    {"early", fault::early_error},
    {"truncate", fault::truncation},
    {"twice", fault::surplus},
    {"omit", fault::omission},
    {"nonsense", fault::wrong_type, with::own},
    {"wrong_key", fault::wrong_key},
}};

std::vector<std::string_view> manner_names() {
  std::vector<std::string_view> names(manners.size());
  std::ranges::transform(manners, names.begin(), &manner::name);
  return names;
}

// `omit`, `hang_up`, or `error: "-OOM\r\n"`; and what is said unasked.
script_step read_conduct(const yaml_value& from, party server) {
  script_step made{.what = deed::conduct, .whom = server};
  const auto entries = from.is_text() ? std::vector{from} : from.entries();
  if (entries.size() != 1) {
    from.fail("a server does one thing with a request");
    return made;
  }
  const yaml_value& words = entries[0];
  const std::string name = from.is_text() ? from.text() : words.key();
  const auto* const its = std::ranges::find(manners, name, &manner::name);
  if (its == manners.end()) {
    if (from.is_text()) {
      from.fail_unknown(name, manner_names());
    } else {
      words.fail_unknown_key(manner_names());
    }
    return made;
  }
  made.next.wrong = its->wrong;
  if (from.is_text()) {
    if (its->with == with::needed) from.fail(fmt::format("what is said? {{{}: \"…\"}}", name));
    if (name == "hang_up") made.next.says = "";
    return made;
  }
  if (its->with == with::none)
    words.fail_key("takes no words of its own; unasked, says, error and nonsense do");
  std::string text = bytes_of(words.text());
  if (name == "unasked") {
    made.what = deed::say;
    made.text = std::move(text);
  } else {
    made.next.says = std::move(text);
  }
  return made;
}

void read_branches(const yaml_value& from, const scenario& of, script_step& into) {
  for (const yaml_value& each : from.items()) {
    into.branches.emplace_back();
    if (each.is_list()) {
      into.branches.back() = read_steps(each, of);
    } else {
      into.branches.back() = read_one_step(each, of);
    }
  }
  for (auto& branch : into.branches) {
    for (script_step& each : branch) {
      each.in_race = true;
      const bool may = each.what != deed::connect && each.what != deed::race;
      if (!may) from.fail("neither a client's coming nor a race may be part of a race");
    }
  }
}

}  // namespace

std::optional<party> party_in(std::string_view word, const scenario& of) {
  const auto client = std::ranges::find(of.clients, word);
  if (client != of.clients.end()) {
    return party{.server = false,
                 .number = static_cast<std::uint32_t>(client - of.clients.begin())};
  }
  const auto server = server_in(word, of.what.servers);
  if (!server) return std::nullopt;
  return party{.server = true, .number = *server};
}

std::vector<script_step> read_one_step(const yaml_value& from, const scenario& of) {
  if (from.is_text()) {
    std::vector<script_step> made = {read_line(from, of)};
    made[0].line = from.line();
    return made;
  }
  const auto entries = from.entries();
  if (entries.size() != 1) {
    from.fail("a step is one thing that is done");
    return {};
  }
  const yaml_value& its = entries[0];
  std::vector<script_step> made;
  const auto about = party_in(its.key(), of);
  if (its.key() == "race") {
    read_branches(its, of, made.emplace_back(script_step{.what = deed::race}));
  } else if (its.key() == "together") {
    made.push_back({.what = deed::together, .branches = {read_steps(its, of)}});
  } else if (its.key() == "now") {
    read_now(its, of, made.emplace_back());
  } else if (about && about->server) {
    for (const yaml_value& each : its.one_or_more())
      made.push_back(read_conduct(each, *about));
  } else {
    constexpr std::array<std::string_view, 4> words = {"race", "together", "now", "s0"};
    its.fail_unknown_key(words);
  }
  for (script_step& each : made)
    each.line = its.line();
  return made;
}

std::vector<script_step> read_steps(const yaml_value& from, const scenario& of) {
  std::vector<script_step> all;
  for (const yaml_value& each : from.items()) {
    for (script_step& step : read_one_step(each, of))
      all.push_back(std::move(step));
  }
  return all;
}

std::vector<std::string> late_clients(const yaml_value& steps) {
  std::vector<std::string> names;
  if (!steps.is_list()) return names;
  for (const yaml_value& each : steps.items()) {
    if (!each.is_text()) continue;
    const auto words = words_in(each.text());
    if (words.size() == 2 && words[0] == "connect") names.push_back(words[1]);
  }
  return names;
}

}  // namespace dovetail::sim
