// The scenes: as small as they can be and still show something.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/mutants/hunt.h"
#include "sim/net/network.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

using steps = std::vector<step>;

constexpr duration timeout = std::chrono::milliseconds(100);

step get(std::uint8_t server = 0) {
  return {.what = verb::get, .owners = {server}};
}
step one(verb what, std::uint8_t server = 0) {
  return {.what = what, .owners = {server}};
}
step over_two(verb what) {
  return {.what = what, .owners = {0, 1}};
}

scene scene_of(bool redis, std::uint32_t servers, std::initializer_list<steps> clients) {
  scene of;
  of.redis = redis;
  of.servers = servers;
  of.timeout = timeout;
  of.stay = true;
  of.net.cuts = cutting::halves;
  for (const steps& each : clients)
    of.clients.push_back({.steps = each});
  return of;
}

struct named_scene {
  std::string name;
  scene of;
};

void add_both(std::vector<named_scene>& to,
              const std::string& name,
              std::uint32_t servers,
              std::initializer_list<steps> clients) {
  to.push_back({"redis " + name, scene_of(true, servers, clients)});
  to.push_back({"memcache " + name, scene_of(false, servers, clients)});
}

// What one client asks.
std::vector<named_scene> single_clients() {
  std::vector<named_scene> all;
  add_both(all, "get", 1, {{get()}});
  add_both(all, "get get", 1, {{get(), get()}});
  add_both(all, "get0 get1", 2, {{get(0), get(1)}});
  add_both(all, "get0 get1 get0", 2, {{get(0), get(1), get(0)}});
  add_both(all, "gets", 2, {{over_two(verb::gets)}});
  add_both(all, "gets get", 2, {{over_two(verb::gets), get(0)}});
  add_both(all, "get gets", 2, {{get(1), over_two(verb::gets)}});
  add_both(all, "gets 1 0 1", 2, {{{.what = verb::gets, .owners = {1, 0, 1}}, get(0)}});
  add_both(all, "quiet get", 1, {{one(verb::quiet), get()}});
  add_both(all, "set incr del", 1, {{one(verb::set), one(verb::incr), one(verb::del)}});
  add_both(all, "get echo", 1, {{get(), one(verb::echo), get()}});
  add_both(all, "get unknown", 1, {{get(), one(verb::unknown), get()}});
  add_both(all, "get quit set", 1, {{get(), one(verb::quit), one(verb::set)}});
  add_both(all, "echo", 1, {{one(verb::echo)}});
  add_both(all, "all get", 2, {{one(verb::all), get(1)}});
  all.push_back({"redis get all", scene_of(true, 2, {{get(0), one(verb::all)}})});
  all.push_back(
      {"redis scan0 scan1", scene_of(true, 2, {{one(verb::scan, 0), one(verb::scan, 1)}})});
  // The last number of the second one is not the sum.
  all.push_back(
      {"redis del0+1 twice", scene_of(true, 2, {{over_two(verb::del), over_two(verb::del)}})});
  all.push_back({"redis sets0+1 get", scene_of(true, 2, {{over_two(verb::sets), get(1)}})});
  return all;
}

// Clients that share a server connection, or do not.
std::vector<named_scene> several_clients() {
  std::vector<named_scene> all;
  add_both(all, "two", 1, {{get()}, {get()}});
  add_both(all, "two get get", 1, {{get(), get()}, {get()}});
  add_both(all, "two set get", 1, {{one(verb::set), get()}, {get()}});
  add_both(all, "two gets", 2, {{over_two(verb::gets)}, {get(0), get(1)}});
  return all;
}

step exactly(scene& of, exact_request what) {
  of.exact.push_back(std::move(what));
  return {
      .what = verb::exact, .owners = {}, .exact = static_cast<std::uint16_t>(of.exact.size() - 1)};
}

scene same_key_twice() {
  scene of = scene_of(true, 2, {{get(0)}});
  exact_request twice{.words = true, .bytes = "MGET <s0> <s1> <s0>", .parts = {}, .reply = {}};
  twice.parts = {{.server = 0, .wire = "MGET <s0> <s0>", .answer = "*2\r\n$1\r\na\r\n$1\r\na\r\n"},
                 {.server = 1, .wire = "MGET <s1>", .answer = "*1\r\n$1\r\nb\r\n"}};
  twice.reply = "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\na\r\n";
  of.clients[0].steps.insert(of.clients[0].steps.begin(), exactly(of, twice));
  return of;
}

exact_request set_of(const std::string& value) {
  exact_request made{.words = true, .bytes = "SET <s0> " + value, .parts = {}, .reply = {}};
  made.parts = {{.server = 0, .wire = made.bytes, .answer = "+OK\r\n"}};
  return made;
}

// Larger than what is copied, so that blocks are shared between inbox and outbox.
scene large_messages() {
  scene of = scene_of(true, 2, {{get(1)}, {get(0)}});
  exact_request large{.words = true, .bytes = "GET <s0>", .parts = {}, .reply = {}};
  large.parts = {{.server = 0, .wire = "GET <s0>", .answer = "$9000\r\n<9000>\r\n"}};
  auto& its = of.clients[0].steps;
  its.push_back(exactly(of, set_of("<9000>")));
  its.push_back(exactly(of, large));
  its.push_back(get(0));
  return of;
}

// The first is still kept for a server that is not there when the second needs its room.
scene large_messages_for_later() {
  scene of = scene_of(true, 1, {{}});
  of.preconnect = false;
  of.block_bytes = 16'000;
  of.clients[0].steps = {exactly(of, set_of("<9000>")), exactly(of, set_of("<9001>"))};
  return of;
}

// A request that is nothing but a header.
scene empty_array() {
  scene of = scene_of(true, 1, {{}});
  of.net.cuts = cutting::anywhere;
  exact_request empty{
      .words = false, .bytes = "*0\r\n", .parts = {}, .reply = {}, .replied = false};
  of.clients[0].steps = {exactly(of, std::move(empty)), one(verb::echo)};
  return of;
}

// More blocks than one write may have.
scene many_pieces() {
  scene of = scene_of(true, 1, {{}});
  of.block_bytes = 16;
  of.clients[0].steps = {exactly(of, set_of("<1500>")), get()};
  return of;
}

// Everything that has a limit reaches it.
scene limits(bool redis) {
  scene of = scene_of(redis, 1, {{get(), get(), get(), get()}, {get()}});
  of.requests_max = 2;
  of.reply_bytes_max = 20;
  of.server_outbox_bytes_max = 10;
  return of;
}

// Other configurations than the usual one.
std::vector<named_scene> other_settings() {
  std::vector<named_scene> all;
  for (const bool redis : {true, false}) {
    const std::string name = redis ? "redis " : "memcache ";
    scene narrow = scene_of(redis, 1, {{get(), get(), get()}});
    narrow.clients[0].window = 1;
    all.push_back({name + "window 1", narrow});

    scene lanes = scene_of(redis, 1, {{get(), get()}, {get()}});
    lanes.lanes = 2;
    all.push_back({name + "lanes 2", lanes});

    scene late = scene_of(redis, 1, {{get(), get()}});
    late.preconnect = false;
    all.push_back({name + "connects late", late});
    late.timeout = {};
    all.push_back({name + "connects late patiently", late});

    scene leaves = scene_of(redis, 1, {{get()}, {get()}});
    leaves.stay = false;
    leaves.clients[1].pause = timeout / 2;
    all.push_back({name + "leaves", leaves});

    // One asks when the server that failed the other is probed.
    scene out = scene_of(redis, 1, {{get()}, {get()}});
    out.net.cuts = cutting::never;
    out.eager = false;
    out.eject_after = 1;
    out.eject_rehash = false;
    out.clients[1].pause = timeout;
    all.push_back({name + "out", out});

    scene overtaken = scene_of(redis, 1, {{get(), one(verb::quit), one(verb::set)}});
    overtaken.net.loses = true;
    overtaken.eager = false;
    all.push_back({name + "quit loses", overtaken});

    scene crowd = scene_of(redis, 1, {{get()}, {get()}});
    crowd.clients_max = 1;
    all.push_back({name + "crowd", crowd});

    scene small = scene_of(redis, 1, {{one(verb::set), get()}});
    small.block_bytes = 16;
    all.push_back({name + "small blocks", small});

    scene batch = scene_of(redis, 1, {{get(), get()}, {get()}});
    batch.net.cuts = cutting::messages;
    batch.net.batches = true;
    all.push_back({name + "batches", batch});
    batch.net.cuts = cutting::halves;
    all.push_back({name + "batched halves", batch});
  }
  all.push_back({"redis gets same", same_key_twice()});
  all.push_back({"redis large", large_messages()});
  all.push_back({"redis large for later", large_messages_for_later()});
  all.push_back({"redis empty array", empty_array()});
  all.push_back({"redis many pieces", many_pieces()});
  all.push_back({"redis limits", limits(true)});
  all.push_back({"memcache limits", limits(false)});
  scene password = scene_of(true, 1, {{one(verb::auth), get(), get()}, {get()}});
  password.password = true;
  all.push_back({"redis password", password});
  password.preconnect = false;
  all.push_back({"redis password connects late", password});
  return all;
}

std::vector<named_scene> scenes() {
  std::vector<named_scene> all = single_clients();
  for (auto more : {several_clients(), other_settings()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

constexpr std::uint64_t states_without = 20'000;
constexpr std::uint64_t states_with = 6'000;

void add_fault(std::vector<hunting_ground>& to, const named_scene& base, fault what) {
  hunting_ground where{.name = base.name + " +" + std::string(name_of(what)),
                       .of = base.of,
                       .what = what,
                       .states = states_with};
  where.of.budget[static_cast<std::size_t>(what)] = 1;
  to.push_back(std::move(where));
}

}  // namespace

std::vector<hunting_ground> hunting_grounds() {
  std::vector<hunting_ground> all;
  const std::vector<named_scene> bases = scenes();
  all.reserve(bases.size() * (1 + faults) + 1);
  for (const named_scene& each : bases)
    all.push_back({.name = each.name, .of = each.of, .what = {}, .states = states_without});
  for (std::size_t what = 0; what < faults; ++what) {
    for (const named_scene& each : bases) {
      // Without time-outs, who waits for a reply that was left out waits for ever.
      const bool endless = each.of.timeout == duration::zero();
      if (!endless || static_cast<fault>(what) != fault::omission)
        add_fault(all, each, static_cast<fault>(what));
    }
  }
  all.push_back({.name = "random", .of = {}, .what = {}, .seeds = 10'000});
  for (std::size_t at = 0; at < all.size(); ++at)
    all[at].order = at;
  return all;
}

}  // namespace dovetail::sim
