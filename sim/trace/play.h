// Runs that are written down.

#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "sim/net/choice.h"
#include "sim/trace/choice.h"
#include "sim/trace/choosers.h"
#include "sim/trace/trace.h"
#include "sim/world/hasher.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::sim {

struct played {
  verdict found;
  std::vector<choice> choices;
  std::uint64_t events = 0;
  fingerprint history;
};

// Is told each choice before anything comes of it, and how many events there were before.
using choice_watch = std::function<void(const choice&, std::uint64_t events)>;

// Plays the scene as `by` chooses.
played play(const scene& of, chooser& by, const choice_watch& told = {});

// Plays the scene and chooses what is written.
played play(const scene& of,
            std::span<const choice> choices,
            replayer::dull how = replayer::dull::as_named);

// The same, up to event `until`: `look` is shown the world at that moment, or at its end.
verdict play_until(const trace& of,
                   std::uint64_t until,
                   const std::function<void(const world&)>& look);

// What was found in a run that `by` chose, as a trace.
trace trace_of(const scene& of, chooser& by, std::string from, const choice_watch& told = {});

}  // namespace dovetail::sim
