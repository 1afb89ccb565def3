#include "sim/scenario/run.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <fstream>
#include <ios>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "base/time.h"
#include "config/config_error.h"
#include "sim/net/choice.h"
#include "sim/scenario/player.h"
#include "sim/scenario/range.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/search/sweep.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

// ---- scripts

scenario_result run_script(const scenario& of, const scenario_options& how) {
  scenario_result made;
  std::vector<bool> happened(of.sometimes.size());
  std::set<const script_step*> unused;  // behaviours that were so in each order
  const auto wrong = [&](std::string text, std::uint64_t order) {
    made.good = false;
    made.text = std::move(text);
    made.order = order;
    if (order > 0) made.text += fmt::format(" (in order {} of the races)", order);
  };
  for (const auto& order : orders_of(of.steps)) {
    player by(of, how.watch);
    by.play(order);
    const std::uint64_t number = made.runs++;
    made.events += by.of().events();
    if (!by.of().found().good()) {
      made.found = by.of().found();
      made.of = of.what;
      wrong(of.file + ": " + describe(made.found), number);
      return made;
    }
    if (std::string why = unmet_by(by, of); !why.empty()) {
      wrong(std::move(why), number);
      return made;
    }
    if (number == 0) unused = by.unused();
    std::erase_if(unused, [&](const script_step* each) { return !by.unused().contains(each); });
    for (std::size_t at = 0; at < happened.size(); ++at) {
      if (by.fulfils(of.sometimes[at])) happened[at] = true;
    }
  }
  const auto missed = std::ranges::find(happened, false);
  if (missed != happened.end()) {
    const auto& its = of.sometimes[static_cast<std::size_t>(missed - happened.begin())];
    wrong(fmt::format("{}:{}: this happened in no order", of.file, its.line), 0);
    made.order.reset();
  }
  if (made.good && !unused.empty()) {
    const auto first = std::ranges::min_element(unused, {}, &script_step::line);
    wrong(fmt::format("{}:{}: no request came for what s{} is to do here", of.file, (*first)->line,
                      (*first)->whom.number),
          0);
    made.order.reset();
  }
  return made;
}

// ---- swarms

scenario_result run_swarm(const scenario& of, const scenario_options& how) {
  scenario_result made;
  const std::uint64_t seeds = how.seeds.value_or(of.seeds);
  for (std::uint64_t seed = how.seed; seed < how.seed + seeds; ++seed) {
    const scene drawn = drawn_by(of, seed);
    const seed_run one = run_seed(drawn, seed, how.how);
    ++made.runs;
    made.events += one.events;
    if (one.found.good()) continue;
    made.good = false;
    made.found = one.found;
    made.of = drawn;
    made.seed = seed;
    made.text = fmt::format("{}: seed {}: {}", of.file, seed, describe(one.found));
    return made;
  }
  return made;
}

// ---- explorations

bool fits_in(fault what, const scene& of) {
  switch (what) {
    case fault::lateness:
      return of.timeout > duration::zero();
    case fault::refusal:
    case fault::black_hole:
    case fault::descriptors:
    case fault::unresolved:
      return !of.preconnect;
    default:
      return true;
  }
}

std::size_t allowed_in(const scene& of) {
  return faults - static_cast<std::size_t>(std::ranges::count(of.budget, 0));
}

bool takes_each(const scenario& of) {
  return of.with == scenario::faulty::each_single || of.with == scenario::faulty::each_pair;
}

std::vector<fault> kinds_of(const scenario& of, bool that_fit) {
  std::vector<fault> kinds;
  for (std::size_t each = 0; each < faults; ++each) {
    if (fits_in(static_cast<fault>(each), of.what) == that_fit)
      kinds.push_back(static_cast<fault>(each));
  }
  return kinds;
}

scenario_result run_explore(const scenario& of, const scenario_options& how) {
  scenario_result made;
  std::uint64_t states = 0;
  std::size_t shown = 0;
  for (exploration_case& each : cases_of(of)) {
    const exploration found = explore(each.of, {.states = of.states_max}, how.progress);
    made.runs += found.runs;
    made.events += found.events;
    states += found.states;
    shown += is_shown(each, idle_in(each, found), of) ? 1 : 0;
    const std::string objection = objection_to(found, of);
    if (objection.empty()) continue;
    made.good = false;
    made.found = found.found;
    made.text = fmt::format("{}: {}: {}", of.file, each.name, objection);
    if (found.found.good()) return made;
    made.of = std::move(each.of);
    made.path = found.path;
    return made;
  }
  made.good = shown > 0;
  made.text = made.good ? fmt::format("{} states", states)
                        : of.file + ": no case shows anything: none of its faults can strike here";
  return made;
}

}  // namespace

std::string unmet_by(player& played, const scenario& script) {
  if (!played.of().found().good()) return {};
  if (!played.problem().empty()) return played.problem();
  for (const expectation& each : script.always) {
    if (!played.fulfils(each)) return played.problem();
  }
  for (const expectation& each : script.never) {
    if (played.fulfils(each))
      return fmt::format("{}:{}: this is what must not happen", script.file, each.line);
  }
  return {};
}

std::expected<beginner, std::string> beginner_of(const scenario& script, std::uint64_t event) {
  using steps = std::vector<const script_step*>;
  const auto first = std::make_shared<const steps>(orders_of(script.steps).front());
  player tried(script);
  if (!tried.begin(*first, event)) {
    const verdict& found = tried.of().found();
    return std::unexpected(found.good() ? tried.problem() : describe(found));
  }
  if (const std::uint64_t last = tried.of().events(); last < event)
    return std::unexpected(fmt::format("its steps end at event {}", last));

  class begun final : public beginning {
   public:
    begun(const scenario& of, const steps& these, std::uint64_t until, chooser& next)
        : player_(of, {}, &next) {
      player_.begin(these, until);
    }
    world& reached() override { return player_.begun(); }

   private:
    player player_;
  };
  return [&script, first, event](chooser& next) {
    return std::make_unique<begun>(script, *first, event, next);
  };
}

std::string describe(const verdict& found) {
  return fmt::format("{} at event {}: {}", name_of(found.broken), found.at, found.text);
}

std::vector<exploration_case> cases_of(const scenario& exploration) {
  if (exploration.with == scenario::faulty::as_scene)
    return {{"as in the scene", exploration.what}};
  scene plain = exploration.what;
  plain.budget = {};
  if (exploration.with == scenario::faulty::none) return {{"no fault", plain}};
  const std::vector<fault> kinds =
      exploration.choose_from.empty() ? kinds_of(exploration, true) : exploration.choose_from;
  const bool pairs = exploration.with == scenario::faulty::each_pair;
  std::vector<exploration_case> all;
  for (std::size_t one = 0; one < kinds.size(); ++one) {
    for (std::size_t other = one; other < (pairs ? kinds.size() : one + 1); ++other) {
      exploration_case& made = all.emplace_back(std::string(name_of(kinds[one])), plain);
      ++made.of.budget[static_cast<std::size_t>(kinds[one])];
      made.of.faults_max = pairs ? 2 : 1;
      if (!pairs) continue;
      made.name += fmt::format(" + {}", name_of(kinds[other]));
      ++made.of.budget[static_cast<std::size_t>(kinds[other])];
    }
  }
  return all;
}

std::vector<fault> left_out_of(const scenario& exploration) {
  if (!takes_each(exploration) || !exploration.choose_from.empty()) return {};
  return kinds_of(exploration, false);
}

std::vector<fault> idle_in(const exploration_case& of, const exploration& found) {
  std::vector<fault> idle;
  for (std::size_t each = 0; each < faults; ++each) {
    const auto what = static_cast<fault>(each);
    // Together with others it may have an effect after all: on an attempt to connect again.
    const bool acts = found.struck[each] && (allowed_in(of.of) > 1 || fits_in(what, of.of));
    if (of.of.budget[each] > 0 && !acts) idle.push_back(what);
  }
  return idle;
}

bool is_shown(const exploration_case& of, const std::vector<fault>& idle, const scenario& by) {
  return idle.empty() || (!takes_each(by) && idle.size() < allowed_in(of.of));
}

std::string names_of(const std::vector<fault>& these) {
  std::string names;
  for (const fault each : these)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(each));
  return names;
}

std::string objection_to(const exploration& found, const scenario& of) {
  if (!found.found.good()) return describe(found.found);
  if (!found.complete) return fmt::format("not complete after {} states", found.states);
  // What goes round in circles was not judged in the end.
  if (found.outcomes == 0) return "no run comes to an end";
  if (!of.outcomes || *of.outcomes == found.outcomes) return {};
  return fmt::format("{} outcomes, not {}", found.outcomes, *of.outcomes);
}

scene drawn_by(const scenario& swarm, std::uint64_t seed) {
  // Apart from the numbers that choose in the run.
  random_stream numbers(seed ^ 0x5ce7e5ce7e5ce7e5U);
  return draw_scene(swarm.ranges, numbers);
}

scenario_result run_scenario(const scenario& of, const scenario_options& how) {
  if (of.is_long && !how.long_too) {
    scenario_result made;
    made.skipped = true;
    return made;
  }
  switch (of.kind) {
    case scenario::sort::script:
      return run_script(of, how);
    case scenario::sort::swarm:
      return run_swarm(of, how);
    case scenario::sort::explore:
      return run_explore(of, how);
    case scenario::sort::plain: {
      scenario_result made;
      made.good = false;
      made.text = of.file + ": no kind is said: script, swarm or explore";
      return made;
    }
  }
  return {};
}

scenario_result run_scenario_text(std::string_view text,
                                  const std::string& file,
                                  const scenario_options& how) {
  const auto read = parse_scenario(text, file);
  if (read) return run_scenario(*read, how);
  scenario_result made;
  made.good = false;
  for (const config_error& each : read.error())
    made.text += (made.text.empty() ? "" : "\n") + to_string(each);
  return made;
}

scenario_result run_scenario_file(const std::string& path, const scenario_options& how) {
  std::ifstream from(path, std::ios::binary);
  if (!from) {
    scenario_result made;
    made.good = false;
    made.text = path + ": cannot be read";
    return made;
  }
  const std::string text((std::istreambuf_iterator<char>(from)), {});
  return run_scenario_text(text, path, how);
}

}  // namespace dovetail::sim
