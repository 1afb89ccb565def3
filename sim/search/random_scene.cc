#include "sim/search/random_scene.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "sim/net/network.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

// One in `n`.
bool one_in(random_stream& from, std::uint32_t n) {
  return from.below(n) == 0;
}

std::vector<verb> random_verbs(random_stream& from, bool redis) {
  constexpr std::array all = {verb::get,     verb::gets, verb::set,   verb::sets,
                              verb::del,     verb::incr, verb::quiet, verb::echo,
                              verb::unknown, verb::all,  verb::scan};
  std::vector<verb> some;
  for (const verb each : all) {
    if (!redis && (each == verb::sets || each == verb::scan)) continue;
    if (one_in(from, 2)) some.push_back(each);
  }
  if (some.empty()) some.push_back(verb::get);
  return some;
}

std::size_t keys_of(verb what, bool redis, random_stream& from) {
  const bool several = what == verb::gets || what == verb::sets || (what == verb::del && redis);
  return several ? 1 + from.below(4) : 1;
}

client_scene random_client(random_stream& from, const scene& of, const std::vector<verb>& verbs) {
  client_scene made;
  const std::uint32_t steps = 1 + from.below(4);
  for (std::uint32_t at = 0; at < steps; ++at) {
    const verb what = verbs[from.below(static_cast<std::uint32_t>(verbs.size()))];
    step next{.what = what, .owners = {}};
    const std::size_t keys = keys_of(what, of.redis, from);
    for (std::size_t key = 0; key < keys; ++key)
      next.owners.push_back(static_cast<std::uint8_t>(from.below(of.servers)));
    made.steps.push_back(std::move(next));
  }
  if (one_in(from, 8)) made.steps.push_back({.what = verb::quit, .owners = {0}});
  made.window = one_in(from, 3) ? 1 + from.below(2) : 0;
  if (one_in(from, 4)) made.pause = std::chrono::milliseconds(from.below(200));
  return made;
}

habits random_habits(random_stream& from) {
  habits how;
  constexpr std::array cuts = {cutting::never, cutting::messages, cutting::halves,
                               cutting::anywhere, cutting::pieces};
  how.cuts = cuts[from.below(cuts.size())];
  how.batches = one_in(from, 2);
  how.leaps = one_in(from, 4);
  how.loses = one_in(from, 2);
  how.stale = one_in(from, 4);
  if (one_in(from, 4)) how.stream_bytes_max = 16U << from.below(6);
  return how;
}

fault_budget random_budget(random_stream& from) {
  fault_budget budget{};
  for (std::uint8_t& each : budget) {
    if (one_in(from, 3)) each = static_cast<std::uint8_t>(1 + from.below(2));
  }
  return budget;
}

}  // namespace

scene random_scene(std::uint64_t seed) {
  random_stream from(seed);
  scene of;
  of.redis = one_in(from, 2);
  of.servers = 1 + from.below(3);
  of.lanes = one_in(from, 4) ? 2 : 1;
  of.timeout = std::chrono::milliseconds(50 + 50 * from.below(3));
  of.eager = !one_in(from, 3);
  of.preconnect = one_in(from, 2);
  of.stay = one_in(from, 2);
  of.block_bytes = 64U << from.below(5);
  of.net = random_habits(from);
  const std::vector<verb> verbs = random_verbs(from, of.redis);
  const std::uint32_t clients = 1 + from.below(3);
  for (std::uint32_t client = 0; client < clients; ++client)
    of.clients.push_back(random_client(from, of, verbs));
  of.faults_max = from.below(4);
  if (of.faults_max > 0) of.budget = random_budget(from);
  if (one_in(from, 3)) of.eject_after = 1 + from.below(2);
  of.eject_rehash = of.servers == 1 || one_in(from, 2);
  of.per_key = one_in(from, 3);
  if (one_in(from, 8)) of.clients_max = 1 + from.below(2);
  if (one_in(from, 6)) {
    of.requests_max = 1 + from.below(3);
    of.reply_bytes_max = 16U << from.below(4);
    of.server_outbox_bytes_max = 16U << from.below(4);
  }
  if (one_in(from, 8)) of.net.lag = std::chrono::milliseconds(1 + from.below(20));
  if (one_in(from, 8)) of.net.lateness = std::chrono::milliseconds(1 + from.below(200));
  if (of.redis && one_in(from, 6)) {
    of.password = true;
    for (client_scene& each : of.clients)
      each.steps.insert(each.steps.begin(), {.what = verb::auth, .owners = {0}});
  }
  return of;
}

}  // namespace dovetail::sim
