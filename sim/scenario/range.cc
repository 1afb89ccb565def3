#include "sim/scenario/range.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"
#include "sim/net/network.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/scene_yaml.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t width_max = 64;

// `1..4`; false when it is none.
template <class T>
bool read_span(const yaml_value& from, std::vector<T>& into) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    const std::string text = from.is_text() ? from.text() : std::string();
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos) return false;
    const number_limits& its = limits_of(from.key());
    const auto low = parse_unsigned(std::string_view(text).substr(0, dots), its.most);
    const auto high = parse_unsigned(std::string_view(text).substr(dots + 2), its.most);
    if (!low || !high || *low < its.least || *high < *low || *high - *low > width_max) {
      from.fail(fmt::format("\"{}\" is not a range such as 1..4, within {}..{}", text, its.least,
                            its.most));
      return true;
    }
    into.clear();
    for (std::uint64_t each = *low; each <= *high; ++each)
      into.push_back(static_cast<T>(each));
    return true;
  } else {
    return false;
  }
}

void read_value(const yaml_value& from, cutting& into) {
  read_cutting(from, into);
}

template <class T>
void read_value(const yaml_value& from, T& into) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    read_limited(from, into);
  } else {
    read(from, into);
  }
}

template <class T>
void read_choice(yaml_fields& of, std::string_view key, one_of<T>& into) {
  const auto from = of.take(key);
  if (!from || read_span(*from, into.values)) return;
  std::vector<T> values;
  for (const yaml_value& each : from->one_or_more()) {
    T value{};
    read_value(each, value);
    values.push_back(value);
  }
  if (values.empty()) return from->fail("there is nothing to choose from");
  into.values = std::move(values);
}

constexpr std::array<std::string_view, 9> weighed = {"get",  "mget",    "set",  "mset",   "del",
                                                     "incr", "noreply", "echo", "unknown"};

bool takes_several(verb what) {
  return what == verb::gets || what == verb::sets || what == verb::del;
}

verb draw_verb(const std::vector<std::uint32_t>& weights, random_stream& numbers) {
  if (weights.empty()) return static_cast<verb>(numbers.below(weighed.size()));
  std::uint32_t sum = 0;
  for (const std::uint32_t each : weights)
    sum += each;
  std::uint32_t left = numbers.below(sum);
  std::size_t at = 0;
  while (left >= weights[at])
    left -= weights[at++];
  return static_cast<verb>(at);
}

}  // namespace

void read_ranges(yaml_fields& from, swarm_ranges& into) {
  if (const auto named = from.take("protocol")) {
    into.redis.values.clear();
    for (const yaml_value& each : named->one_or_more())
      read_protocol(each, into.redis.values);
  }
  read_choice(from, "servers", into.servers);
  read_choice(from, "lanes", into.lanes);
  read_choice(from, "timeout", into.timeout);
  read_choice(from, "eager", into.eager);
  read_choice(from, "preconnect", into.preconnect);
  read_choice(from, "clients", into.clients);
  read_choice(from, "requests", into.requests);
  read_choice(from, "keys", into.keys);
  read_choice(from, "window", into.window);
  if (const auto net = from.take("net")) {
    yaml_fields of(*net);
    read_choice(of, "cuts", into.cuts);
    read_choice(of, "batches", into.batches);
    read_choice(of, "leaps", into.leaps);
    read_choice(of, "loses", into.loses);
    read_choice(of, "stale", into.stale);
    read_choice(of, "lag", into.lag);
    read_choice(of, "lateness", into.lateness);
    of.finish();
  }
  if (const auto faulty = from.take("faults")) {
    yaml_fields of(*faulty);
    read_choice(of, "of_all", into.faults);
    if (const auto kinds = of.take("kinds")) read_fault_names(*kinds, into.kinds);
    of.finish();
  }
  if (const auto verbs = from.take("weights")) {
    yaml_fields of(*verbs);
    into.weights.assign(weighed.size(), 0);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < weighed.size(); ++at) {
      if (const auto its = of.take(weighed[at])) read_limited(*its, into.weights[at], "weight");
      sum += into.weights[at];
    }
    of.finish();
    if (sum == 0) verbs->fail("no verb has a weight");
  }
}

scene draw_scene(const swarm_ranges& from, random_stream& numbers) {
  scene made;
  made.redis = from.redis.draw(numbers);
  made.servers = from.servers.draw(numbers);
  made.lanes = from.lanes.draw(numbers);
  made.timeout = from.timeout.draw(numbers);
  made.eager = from.eager.draw(numbers);
  made.preconnect = from.preconnect.draw(numbers);
  made.net.cuts = from.cuts.draw(numbers);
  made.net.batches = from.batches.draw(numbers);
  made.net.leaps = from.leaps.draw(numbers);
  made.net.loses = from.loses.draw(numbers);
  made.net.stale = from.stale.draw(numbers);
  made.net.lag = from.lag.draw(numbers);
  made.net.lateness = from.lateness.draw(numbers);
  made.faults_max = from.faults.draw(numbers);
  for (std::size_t each = 0; each < faults; ++each) {
    const bool may = from.kinds.empty() ||
                     std::ranges::find(from.kinds, static_cast<fault>(each)) != from.kinds.end();
    // Some of them not at all in this scene, so that the others get their turn.
    made.budget[each] = may && numbers.below(2) == 1 ? 2 : 0;
  }
  made.clients.resize(from.clients.draw(numbers));
  for (client_scene& each : made.clients) {
    each.window = from.window.draw(numbers);
    each.steps.resize(from.requests.draw(numbers));
    for (step& request : each.steps) {
      request.what = draw_verb(from.weights, numbers);
      const bool several =
          takes_several(request.what) && (made.redis || request.what == verb::gets);
      request.owners.resize(several ? from.keys.draw(numbers) : 1);
      for (std::uint8_t& owner : request.owners)
        owner = static_cast<std::uint8_t>(numbers.below(made.servers));
    }
  }
  return made;
}

}  // namespace dovetail::sim
