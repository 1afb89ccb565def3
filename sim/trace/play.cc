#include "sim/trace/play.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "sim/net/choice.h"
#include "sim/trace/choice.h"
#include "sim/trace/choosers.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

played finish(world& of, recorder& writes) {
  run(of);
  return {.found = of.found(),
          .choices = writes.take(),
          .events = of.events(),
          .history = of.history()};
}

}  // namespace

played play(const scene& of, chooser& by, const choice_watch& told) {
  recorder writes(by);
  world world_of(of, writes);
  writes.see(world_of.wires());
  if (told) writes.tell([&](const choice& made) { told(made, world_of.events()); });
  return finish(world_of, writes);
}

played play(const scene& of, std::span<const choice> choices, replayer::dull how) {
  replayer by(choices, how);
  recorder writes(by);
  world world_of(of, writes);
  writes.see(world_of.wires());
  by.see(world_of.wires());
  return finish(world_of, writes);
}

verdict play_until(const trace& of,
                   std::uint64_t until,
                   const std::function<void(const world&)>& look) {
  replayer by(of.choices, replayer::dull::as_named);
  world world_of(of.of, by);
  by.see(world_of.wires());
  bool more = true;
  while (more && world_of.events() < until)
    more = world_of.step();
  if (!more) world_of.close();
  look(world_of);
  return world_of.found();
}

trace trace_of(const scene& of, chooser& by, std::string from, const choice_watch& told) {
  played run_of = play(of, by, told);
  return {.from = std::move(from),
          .found = run_of.found.broken,
          .of = of,
          .choices = std::move(run_of.choices)};
}

}  // namespace dovetail::sim
