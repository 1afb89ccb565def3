#include "sim/trace/simpler_scenes.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/trace/choice.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

using whom = named_happening::whom;

// Without what names number `gone` of these; those behind it move up.
std::vector<choice> renamed(std::vector<choice> choices,
                            whom one,
                            whom connection,
                            std::uint32_t gone) {
  const auto concerns = [&](const choice& each) {
    return each.picks && (each.event.is == one || each.event.is == connection);
  };
  std::erase_if(choices,
                [&](const choice& each) { return concerns(each) && each.event.number == gone; });
  for (choice& each : choices) {
    if (concerns(each) && each.event.number > gone) --each.event.number;
  }
  return choices;
}

// A server's behaviours are numbered among those that are offered: without one of them, those
// behind it move up.
std::vector<choice> with_lower_behaviours(std::vector<choice> choices) {
  for (choice& each : choices) {
    if (!each.picks && each.about == site::behaviour && each.number > 1) --each.number;
  }
  return choices;
}

// Where fewer things can happen there is less to pick, and what was the only one is not asked for:
// numbers behind such a pick would be passed over.
std::vector<choice> without_dull_picks(std::vector<choice> choices) {
  std::erase_if(choices, [](const choice& each) { return each.picks && each.dull; });
  return choices;
}

class simplifier {
 public:
  simplifier(const scene& than, const std::vector<choice>& choices)
      : than_(than), choices_(choices) {}

  std::vector<simpler> all() {
    without_clients();
    without_servers();
    without_requests();
    plainer_network();
    plainer_world();
    without_faults();
    without_faults_and_picks();
    return std::move(found_);
  }

 private:
  void add(scene of) { found_.push_back({std::move(of), choices_}); }

  // The same but that one member has the value, if it has another one now.
  template <class Part, class Value>
  void set(Part scene::* part, Value to) {
    if (than_.*part == Part(to)) return;
    scene of = than_;
    of.*part = Part(to);
    add(std::move(of));
  }
  template <class Part>
  void set_habit(Part habits::* part, Part to) {
    if (than_.net.*part == to) return;
    scene of = than_;
    of.net.*part = to;
    add(std::move(of));
  }

  void without_clients() {
    for (std::size_t each = than_.clients.size(); each-- > 0 && than_.clients.size() > 1;) {
      scene of = than_;
      of.clients.erase(of.clients.begin() + static_cast<std::ptrdiff_t>(each));
      found_.push_back({std::move(of), renamed(choices_, whom::client, whom::to_client,
                                               static_cast<std::uint32_t>(each))});
    }
  }

  // Its keys go to the first one that is left. Texts of exact requests name theirs for good.
  void without_servers() {
    if (!than_.exact.empty()) return;
    for (std::uint32_t gone = than_.servers; gone-- > 0 && than_.servers > 1;) {
      scene of = than_;
      --of.servers;
      for (client_scene& client : of.clients) {
        for (step& each : client.steps) {
          for (std::uint8_t& owner : each.owners) {
            if (owner == gone) owner = 0;
            if (owner > gone) --owner;
          }
        }
      }
      found_.push_back({std::move(of), renamed(choices_, whom::server, whom::to_server, gone)});
    }
  }

  void without_requests() {
    for (std::size_t client = 0; client < than_.clients.size(); ++client) {
      const auto& steps = than_.clients[client].steps;
      for (std::size_t each = steps.size(); each-- > 0;) {
        scene of = than_;
        of.clients[client].steps.erase(of.clients[client].steps.begin() +
                                       static_cast<std::ptrdiff_t>(each));
        add(std::move(of));
        if (steps[each].owners.size() < 2) continue;
        scene fewer = than_;
        fewer.clients[client].steps[each].owners.pop_back();
        add(std::move(fewer));
      }
      if (than_.clients[client].pause == duration::zero()) continue;
      scene of = than_;
      of.clients[client].pause = duration::zero();
      add(std::move(of));
    }
  }

  void plainer_network() {
    for (const auto less : {cutting::never, cutting::messages, cutting::halves}) {
      if (less < than_.net.cuts) set_habit(&habits::cuts, less);
    }
    set_habit(&habits::batches, false);
    set_habit(&habits::leaps, false);
    set_habit(&habits::loses, false);
    set_habit(&habits::stale, false);
    set_habit(&habits::lag, duration::zero());
    set_habit(&habits::lateness, duration::zero());
    set_habit(&habits::stream_bytes_max, habits().stream_bytes_max);
  }

  void plainer_world() {
    set(&scene::eager, true);
    set(&scene::preconnect, true);
    set(&scene::password, false);
    set(&scene::lanes, 1U);
    set(&scene::timeout, duration::zero());
    set(&scene::stay, false);
  }

  void without_faults() {
    for (std::size_t each = 0; each < faults; ++each) {
      if (than_.budget[each] == 0) continue;
      scene of = than_;
      of.budget[each] = 0;
      add(of);
      auto lower = with_lower_behaviours(choices_);
      if (lower != choices_) found_.push_back({of, std::move(lower)});
      if (than_.budget[each] == 1) continue;
      of.budget[each] = 1;
      add(std::move(of));
    }
    if (than_.faults_max == 0) return;
    for (const unsigned fewer : {0U, 1U, 2U}) {
      if (fewer < than_.faults_max) set(&scene::faults_max, fewer);
    }
  }

  // Last: they are many, and seldom what helps.
  void without_faults_and_picks() {
    const std::vector<choice> fewer = without_dull_picks(choices_);
    const std::vector<choice> lower = with_lower_behaviours(fewer);
    for (std::size_t each = 0; each < faults; ++each) {
      if (than_.budget[each] == 0) continue;
      scene of = than_;
      of.budget[each] = 0;
      if (fewer != choices_) found_.push_back({of, fewer});
      if (lower != fewer) found_.push_back({std::move(of), lower});
    }
  }

  const scene& than_;
  const std::vector<choice>& choices_;
  std::vector<simpler> found_;
};

}  // namespace

std::vector<simpler> simpler_scenes(const scene& than, const std::vector<choice>& choices) {
  return simplifier(than, choices).all();
}

}  // namespace dovetail::sim
