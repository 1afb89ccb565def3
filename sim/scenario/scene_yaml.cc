#include "sim/scenario/scene_yaml.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/config_error.h"
#include "sim/net/network.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/requests.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

constexpr std::array<std::string_view, 5> cuttings = {"never", "messages", "halves", "anywhere",
                                                      "pieces"};
constexpr std::array<std::string_view, 2> protocols = {"memcache", "redis"};

std::size_t index_of(const yaml_value& word, std::span<const std::string_view> known) {
  const std::string text = word.text();
  const auto found = std::ranges::find(known, text);
  if (found == known.end()) {
    word.fail_unknown(text, known);
    return 0;
  }
  return static_cast<std::size_t>(found - known.begin());
}

void read_faults(const yaml_value& from, scene& into) {
  yaml_fields of(from);
  read_limited(of, "of_all", into.faults_max);
  for (std::size_t each = 0; each < faults; ++each)
    of.read(name_of(static_cast<fault>(each)), into.budget[each]);
  of.finish();
}

std::string print_net(const habits& of) {
  return fmt::format(
      "net: {{cuts: {}, batches: {}, leaps: {}, loses: {}, stale: {}, lag: {}, lateness: {}, "
      "stream_bytes_max: {}}}\n",
      cuttings[static_cast<std::size_t>(of.cuts)], of.batches, of.leaps, of.loses, of.stale,
      print_duration(of.lag), print_duration(of.lateness), of.stream_bytes_max);
}

// Those that may happen.
std::string print_faults(const scene& of) {
  std::string line = fmt::format("faults: {{of_all: {}", of.faults_max);
  for (std::size_t each = 0; each < faults; ++each) {
    if (of.budget[each] == 0) continue;
    line += fmt::format(", {}: {}", name_of(static_cast<fault>(each)), of.budget[each]);
  }
  return line + "}\n";
}

std::string print_client(const scene& in, const client_scene& of) {
  std::string text =
      fmt::format("  - window: {}\n    pause: {}\n    late: {}\n    requests:", of.window,
                  print_duration(of.pause), of.late);
  if (of.steps.empty()) return text + " []\n";
  text += '\n';
  for (const step& each : of.steps)
    text += fmt::format("      - {}\n", print_request(in, each));
  return text;
}

}  // namespace

std::string print_scene(const scene& of) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "protocol: {}\n", protocols[of.redis ? 1 : 0]);
  fmt::format_to(out, "servers: {}\n", of.servers);
  fmt::format_to(out, "lanes: {}\n", of.lanes);
  fmt::format_to(out, "timeout: {}\n", print_duration(of.timeout));
  fmt::format_to(out, "eager: {}\n", of.eager);
  fmt::format_to(out, "preconnect: {}\n", of.preconnect);
  fmt::format_to(out, "orders_count: {}\n", of.orders_count);
  fmt::format_to(out, "stay: {}\n", of.stay);
  fmt::format_to(out, "client_idle_timeout: {}\n", print_duration(of.client_idle_timeout));
  fmt::format_to(out, "password: {}\n", of.password);
  fmt::format_to(out, "blocks_max: {}\n", of.blocks_max);
  fmt::format_to(out, "block_bytes: {}\n", of.block_bytes);
  fmt::format_to(out, "eject_after: {}\n", of.eject_after);
  fmt::format_to(out, "eject_rehash: {}\n", of.eject_rehash);
  fmt::format_to(out, "per_key: {}\n", of.per_key);
  fmt::format_to(out, "clients_max: {}\n", of.clients_max);
  fmt::format_to(out, "requests_max: {}\n", of.requests_max);
  fmt::format_to(out, "reply_bytes_max: {}\n", of.reply_bytes_max);
  fmt::format_to(out, "server_outbox_bytes_max: {}\n", of.server_outbox_bytes_max);
  fmt::format_to(out, "pool_bytes_max: {}\n", of.pool_bytes_max);
  text += print_net(of.net);
  text += print_faults(of);
  text += of.clients.empty() ? "clients: []\n" : "clients:\n";
  for (const client_scene& each : of.clients)
    text += print_client(of, each);
  return text;
}

void read_cutting(const yaml_value& from, cutting& into) {
  into = cutting(index_of(from, cuttings));
}

void read_protocol(const yaml_value& from, std::vector<bool>& into) {
  into.push_back(index_of(from, protocols) == 1);
}

void read_fault_names(const yaml_value& from, std::vector<fault>& into) {
  std::array<std::string_view, faults> names;
  for (std::size_t each = 0; each < faults; ++each)
    names[each] = name_of(static_cast<fault>(each));
  for (const yaml_value& each : from.items())
    into.push_back(static_cast<fault>(index_of(each, names)));
}

void read_net(const yaml_value& from, habits& into) {
  yaml_fields of(from);
  if (const auto cuts = of.take("cuts")) read_cutting(*cuts, into.cuts);
  of.read("batches", into.batches);
  of.read("leaps", into.leaps);
  of.read("loses", into.loses);
  of.read("stale", into.stale);
  of.read("lag", into.lag);
  of.read("lateness", into.lateness);
  read_limited(of, "stream_bytes_max", into.stream_bytes_max);
  of.finish();
}

void read_surroundings(yaml_fields& from, scene& into) {
  if (const auto named = from.take("protocol")) into.redis = index_of(*named, protocols) == 1;
  read_limited(from, "servers", into.servers);
  read_limited(from, "lanes", into.lanes);
  from.read("timeout", into.timeout);
  from.read("eager", into.eager);
  from.read("preconnect", into.preconnect);
  from.read("orders_count", into.orders_count);
  from.read("stay", into.stay);
  from.read("client_idle_timeout", into.client_idle_timeout);
  if (from.read("password", into.password) && into.password && !into.redis)
    from.take("password")->fail("only servers of redis want one");
  read_limited(from, "blocks_max", into.blocks_max);
  read_limited(from, "block_bytes", into.block_bytes);
  read_limited(from, "eject_after", into.eject_after);
  from.read("eject_rehash", into.eject_rehash);
  from.read("per_key", into.per_key);
  read_limited(from, "clients_max", into.clients_max);
  read_limited(from, "requests_max", into.requests_max);
  read_limited(from, "reply_bytes_max", into.reply_bytes_max);
  read_limited(from, "server_outbox_bytes_max", into.server_outbox_bytes_max);
  read_limited(from, "pool_bytes_max", into.pool_bytes_max);
  if (const auto net = from.take("net")) read_net(*net, into.net);
  if (const auto budget = from.take("faults")) read_faults(*budget, into);
}

void read_client(const yaml_value& from, scene& of, client_scene& into) {
  yaml_fields fields(from);
  read_limited(fields, "window", into.window);
  fields.read("pause", into.pause);
  fields.read("late", into.late);
  if (const auto requests = fields.take("requests")) {
    for (const yaml_value& each : requests->items())
      read_request(each, of, into.steps.emplace_back());
  }
  fields.finish();
}

void read_scene(yaml_fields& from, scene& into) {
  read_surroundings(from, into);
  const auto clients = from.take("clients");
  if (!clients) return;
  bool late = false;
  for (const yaml_value& each : clients->items()) {
    client_scene& made = into.clients.emplace_back();
    read_client(each, into, made);
    if (late && !made.late) each.fail("comes behind a late client, and so is to be late, too");
    late = made.late;
  }
}

std::expected<scene, std::vector<config_error>> parse_scene(std::string_view text,
                                                            const std::string& file) {
  error_list errors(file);
  scene read;
  if (const auto all = load_yaml(text, errors)) {
    yaml_fields of(*all);
    read_scene(of, read);
    of.finish();
  }
  if (!errors.empty()) return std::unexpected(errors.take());
  return read;
}

}  // namespace dovetail::sim
