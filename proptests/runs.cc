#include "proptests/runs.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <ostream>
#include <rapidcheck.h>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "proptests/apart.h"
#include "proptests/generators.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/scenario/scene_yaml.h"
#include "sim/search/tape_chooser.h"
#include "sim/trace/choosers.h"
#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::proptests {
namespace {

using sim::verb;

constexpr const char* origin = "proptests whole_proxy";

sim::step make_step(bool redis, std::uint32_t servers) {
  std::vector<verb> verbs = {verb::get,  verb::gets,  verb::set,  verb::del,
                             verb::incr, verb::quiet, verb::echo, verb::unknown};
  if (redis) verbs.push_back(verb::sets);
  sim::step made{.what = any_of(verbs), .owners = {}};
  const bool several =
      made.what == verb::gets || made.what == verb::sets || (made.what == verb::del && redis);
  for (std::size_t left = several ? 1 + below(4) : 1; left > 0; --left)
    made.owners.push_back(static_cast<std::uint8_t>(below(servers)));
  return made;
}

// Shrinking goes on when the scene that is being made is no more: nothing may refer to it.
sim::client_scene make_client(const sim::scene& of) {
  sim::client_scene made;
  const auto any_step =
      rc::gen::exec([redis = of.redis, servers = of.servers] { return make_step(redis, servers); });
  made.steps = *rc::gen::resize(6, rc::gen::container<std::vector<sim::step>>(any_step));
  if (made.steps.empty() || one_in(8)) made.steps.push_back({.what = verb::quit, .owners = {0}});
  made.window = below(4);
  if (one_in(4)) made.pause = std::chrono::milliseconds(below(200));
  return made;
}

sim::habits make_habits() {
  using enum sim::cutting;
  sim::habits how;
  how.cuts = any_of<sim::cutting>({never, messages, halves, anywhere, pieces});
  how.batches = one_in(2);
  how.leaps = one_in(4);
  how.loses = one_in(2);
  how.stale = one_in(4);
  if (one_in(4)) how.stream_bytes_max = 16U << below(6);
  return how;
}

std::filesystem::path trace_path() {
  return std::filesystem::path(DOVETAIL_FAILURES) / "whole_proxy.trace";
}

void leave(const sim::trace& of) {
  std::filesystem::create_directories(trace_path().parent_path());
  std::ofstream(trace_path(), std::ios::binary) << print(of);
}

std::string replay_line() {
  return "dovetail-sim replay " + trace_path().string() + "  # ";
}

// Runs it again when something is found, and writes down what is chosen.
std::string verdict_of(const sim::scene& of, const tape& choices) {
  sim::tape_chooser chosen(choices);
  sim::world played(of, chosen);
  const sim::verdict found = run(played);
  if (found.good()) return {};
  sim::tape_chooser again(choices);
  leave(sim::trace_of(of, again, origin));
  return replay_line() + std::string(name_of(found.broken)) + " at event " +
         std::to_string(found.at) + ": " + found.text;
}

// Leaves each choice before anything comes of it.
class diary final : public sim::chooser {
 public:
  diary(const sim::scene& of, sim::recorder& by)
      : by_(&by), trace_{.from = origin, .found = sim::oracle::none, .of = of, .choices = {}} {}

  std::size_t pick(std::span<const sim::happening> possible) override {
    return left(by_->pick(possible));
  }
  std::uint32_t choose(std::uint32_t n, sim::site about) override {
    return left(by_->choose(n, about));
  }

 private:
  template <class Number>
  Number left(Number chosen) {
    trace_.choices = by_->choices();
    leave(trace_);
    return chosen;
  }

  sim::recorder* by_;
  sim::trace trace_;
};

void write_down(const sim::scene& of, const tape& choices) {
  sim::tape_chooser chosen(choices);
  sim::recorder writes(chosen);
  diary leaves(of, writes);
  sim::world played(of, leaves);
  writes.see(played.wires());
  run(played);
}

}  // namespace

any_scene make_scene() {
  sim::scene of;
  of.redis = one_in(2);
  of.servers = static_cast<std::uint32_t>(1 + below(3));
  of.lanes = one_in(4) ? 2 : 1;
  of.timeout = std::chrono::milliseconds(50 + 50 * below(3));
  of.eager = !one_in(3);
  of.preconnect = !one_in(2);
  of.stay = one_in(2);
  of.block_bytes = 64U << below(5);
  of.net = make_habits();
  if (one_in(4)) of.requests_max = 1 + below(3);
  for (std::size_t left = 1 + below(3); left > 0; --left)
    of.clients.push_back(make_client(of));
  of.faults_max = static_cast<unsigned>(below(4));
  for (std::uint8_t& each : of.budget)
    each = of.faults_max > 0 && one_in(3) ? static_cast<std::uint8_t>(1 + below(2)) : 0;
  if (one_in(3)) of.eject_after = static_cast<unsigned>(1 + below(2));
  of.eject_rehash = of.servers == 1;
  of.per_key = one_in(3);
  return {std::move(of)};
}

tape make_tape() {
  return *rc::gen::container<tape>(rc::gen::inRange<std::uint32_t>(0, 64));
}

std::string problem_in(const any_scene& of, const std::vector<tape>& tapes) {
  const last_words its = apart([&](const auto& tell) {
    for (const tape& each : tapes) {
      tell(".");
      const std::string problem = verdict_of(of.is, each);
      if (!problem.empty()) return tell(problem);
    }
  });
  const std::size_t begun = std::min(its.said.find_first_not_of('.'), its.said.size());
  if (its.ended) return its.said.substr(begun);
  const tape& last = tapes[std::max<std::size_t>(begun, 1) - 1];
  const bool again = !apart([&](const auto&) { write_down(of.is, last); }).ended;
  return again ? replay_line() + "ends its process" : "a process ended, and not when it ran again";
}

std::ostream& operator<<(std::ostream& out, const any_scene& shown) {
  return out << sim::print_scene(shown.is);
}

}  // namespace dovetail::proptests
