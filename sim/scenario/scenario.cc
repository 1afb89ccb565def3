#include "sim/scenario/scenario.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/config_error.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/player.h"
#include "sim/scenario/range.h"
#include "sim/scenario/requests.h"
#include "sim/scenario/scene_yaml.h"
#include "sim/scenario/steps.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

constexpr std::array<std::string_view, 3> kinds = {"script", "swarm", "explore"};
constexpr std::array<std::string_view, 4> faulty = {"as_scene", "none", "each_single", "each_pair"};

std::size_t index_of(const yaml_value& word, std::span<const std::string_view> known) {
  const std::string text = word.text();
  const auto found = std::ranges::find(known, text);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  word.fail_unknown(text, known);
  return 0;
}

// Those who are there from the beginning come first: clients are numbered as they come.
std::vector<yaml_value> in_order_of_coming(const std::vector<yaml_value>& clients,
                                           const std::vector<std::string>& late) {
  std::vector<yaml_value> ordered;
  for (const yaml_value& each : clients) {
    if (std::ranges::find(late, each.key()) == late.end()) ordered.push_back(each);
  }
  for (const std::string& name : late) {
    const auto its = std::ranges::find(clients, name, &yaml_value::key);
    if (its != clients.end()) ordered.push_back(*its);
  }
  return ordered;
}

void read_clients(const yaml_value& from, const std::vector<std::string>& late, scenario& into) {
  for (const yaml_value& each : in_order_of_coming(from.entries(), late)) {
    if (server_in(each.key(), 256)) each.fail_key("a client is not called like a server");
    into.clients.push_back(each.key());
    client_scene& made = into.what.clients.emplace_back();
    if (each.is_list()) {
      for (const yaml_value& request : each.items())
        read_request(request, into.what, made.steps.emplace_back());
    } else {
      read_client(each, into.what, made);
    }
    made.late = std::ranges::find(late, each.key()) != late.end();
  }
}

void read_replies(const yaml_value& from, std::size_t requests, std::vector<outcome>& into) {
  const auto read_outcome = [](const yaml_value& of) {
    outcome any;
    for (const yaml_value& each : of.one_or_more())
      any.push_back(bytes_of(each.text()));
    return any;
  };
  if (!from.is_list()) {
    into.assign(requests, read_outcome(from));
    return;
  }
  for (const yaml_value& each : from.items())
    into.push_back(read_outcome(each));
  if (into.size() != requests) {
    from.fail(fmt::format("there are {} requests and {} outcomes", requests, into.size()));
    into.resize(requests, {"any"});
  }
}

void read_parties(const yaml_value& from,
                  bool servers,
                  const scenario& of,
                  std::vector<std::uint32_t>& into) {
  for (const yaml_value& each : from.one_or_more()) {
    const auto found = party_in(each.text(), of);
    if (found && found->server == servers) {
      into.push_back(found->number);
    } else {
      each.fail(fmt::format("\"{}\" is no {} of this scenario", each.text(),
                            servers ? "server" : "client"));
    }
  }
}

void read_counters(const yaml_value& from, expectation& into) {
  constexpr std::array<std::string_view, 5> names = {
      "doubtful_responses", "forward_error", "fragments", "server_ejects", "server_timedout"};
  for (const yaml_value& each : from.entries()) {
    if (std::ranges::find(names, each.key()) == names.end()) {
      each.fail_unknown_key(names);
    } else {
      read(each, into.counters[each.key()]);
    }
  }
}

expectation read_expectation(const yaml_value& from, const scenario& of) {
  expectation made;
  made.line = from.line();
  yaml_fields fields(from);
  for (std::uint32_t client = 0; client < of.clients.size(); ++client) {
    const auto replies = fields.take(of.clients[client]);
    if (replies) {
      read_replies(*replies, of.what.clients[client].steps.size(), made.replies[client]);
    }
  }
  if (const auto whom = fields.take("closed")) read_parties(*whom, false, of, made.closed);
  if (const auto whom = fields.take("open")) read_parties(*whom, false, of, made.open);
  if (const auto whom = fields.take("kept")) read_parties(*whom, true, of, made.kept);
  if (const auto whom = fields.take("lost")) read_parties(*whom, true, of, made.lost);
  if (const auto counts = fields.take("counters")) read_counters(*counts, made);
  fields.finish();
  return made;
}

// Each order is a run: more than so many nobody waits for.
constexpr double orders_max = 20'000;

void read_played(const yaml_value& from, scenario& into) {
  std::optional<yaml_value> beyond;  // the first race with which they are too many
  for (const yaml_value& each : from.items()) {
    for (script_step& step : read_one_step(each, into))
      into.steps.push_back(std::move(step));
    if (!beyond && count_orders(into.steps) > orders_max) beyond = each;
  }
  if (!beyond) return;
  const double orders = count_orders(into.steps);
  beyond->fail(fmt::format(
      "with this race there are {} orders to play, and {:.0f} at most",
      orders < 1e15 ? fmt::format("{:.0f}", orders) : fmt::format("{:.0e}", orders), orders_max));
}

void read_expectations(yaml_fields& from,
                       std::string_view key,
                       const scenario& of,
                       std::vector<expectation>& into) {
  const auto value = from.take(key);
  if (!value) return;
  for (const yaml_value& each : value->one_or_more())
    into.push_back(read_expectation(each, of));
}

void read_script(yaml_fields& from, scenario& into) {
  into.what.stay = true;
  read_surroundings(from, into.what);
  const auto steps = from.take("steps");
  const auto late = steps ? late_clients(*steps) : std::vector<std::string>();
  if (const auto clients = from.take("clients")) read_clients(*clients, late, into);
  if (steps) read_played(*steps, into);
  read_expectations(from, "expect", into, into.always);
  read_expectations(from, "sometimes", into, into.sometimes);
  read_expectations(from, "never", into, into.never);
}

void read_explore(yaml_fields& from, scenario& into) {
  into.what.stay = true;
  read_surroundings(from, into.what);
  if (const auto clients = from.take("clients")) read_clients(*clients, {}, into);
  if (const auto with = from.take("with_faults")) {
    into.with = scenario::faulty(index_of(*with, faulty));
  }
  if (const auto named = from.take("of_faults")) read_fault_names(*named, into.choose_from);
  read_limited(from, "states_max", into.states_max);
  if (const auto count = from.take("outcomes")) read_limited(*count, into.outcomes.emplace());
}

// What only a script or an exploration has; says so.
bool lacks_kind(yaml_fields& from) {
  for (const std::string_view key : {"steps", "expect", "sometimes", "never"}) {
    if (const auto its = from.take(key)) {
      its->fail_key("only a script has this: add \"kind: script\"");
      return true;
    }
  }
  const auto clients = from.take("clients");
  if (!clients || !clients->is_map()) return false;
  clients->fail_key(
      "have names, and those of a plain scene are a list: add \"kind: script\", or explore");
  return true;
}

}  // namespace

std::expected<scenario, std::vector<config_error>> parse_scenario(std::string_view text,
                                                                  const std::string& file) {
  error_list errors(file);
  scenario made;
  made.file = file;
  if (const auto all = load_yaml(text, errors)) {
    yaml_fields of(*all);
    if (const auto kind = of.take("kind")) made.kind = scenario::sort(index_of(*kind, kinds));
    if (made.kind == scenario::sort::plain && errors.empty() && lacks_kind(of))
      return std::unexpected(errors.take());
    if (made.kind != scenario::sort::plain) of.read("long", made.is_long);
    if (made.kind == scenario::sort::plain) read_scene(of, made.what);
    if (made.kind == scenario::sort::script) read_script(of, made);
    if (made.kind == scenario::sort::explore) read_explore(of, made);
    if (made.kind == scenario::sort::swarm) {
      read_ranges(of, made.ranges);
      read_limited(of, "seeds", made.seeds);
    }
    of.finish();
    const bool empty = made.kind != scenario::sort::swarm && made.what.clients.empty();
    if (empty && errors.empty()) all->fail("has no clients: nothing would happen");
  }
  if (!errors.empty()) return std::unexpected(errors.take());
  return made;
}

}  // namespace dovetail::sim
