#include "sim/trace/shrink.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/trace/choice.h"
#include "sim/trace/choosers.h"
#include "sim/trace/play.h"
#include "sim/trace/simpler_scenes.h"
#include "sim/trace/trace.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

class shrinker {
 public:
  shrinker(const trace& from, const shrink_limits& limits, const shrink_progress& progress)
      : rule_(from.found), limits_(limits), progress_(progress) {
    result_.smallest = from;
  }

  shrunk result() {
    if (!reproduce()) return std::move(result_);
    // Each pass may open ways for the others.
    bool better = true;
    while (better && more()) {
      better = make_dull();
      better = simplify_scene() || better;
      better = leave_out() || better;
      better = lower_numbers() || better;
    }
    return std::move(result_);
  }

 private:
  trace& best() { return result_.smallest; }
  std::vector<choice>& choices() { return result_.smallest.choices; }

  bool more() {
    if (result_.runs >= limits_.runs) result_.exhausted = true;
    return !result_.exhausted;
  }

  bool reproduce() {
    played run_of = play(best().of, choices());
    ++result_.runs;
    if (rule_ == oracle::none) rule_ = run_of.found.broken;
    if (run_of.found.good() || run_of.found.broken != rule_) return false;
    result_.reproduced = true;
    accept(best().of, std::move(run_of));
    return true;
  }

  void accept(scene of, played run_of) {
    trim(run_of.choices);
    best().of = std::move(of);
    best().found = run_of.found.broken;
    choices() = std::move(run_of.choices);
    result_.text = std::move(run_of.found.text);
  }

  // Plays it, and keeps it if it breaks the rule and deviates no more than the best one. `simpler`
  // says that its scene is; else it must deviate less, or be shorter or lower.
  bool attempt(const scene& of, const std::vector<choice>& wanted, bool simpler) {
    if (!more()) return false;
    played run_of = play(of, wanted, replayer::dull::as_first);
    ++result_.runs;
    const bool goes_on = !progress_ || progress_(result_);
    if (!goes_on) result_.exhausted = true;
    if (run_of.found.broken != rule_) return false;
    trim(run_of.choices);
    const auto cost = weight(run_of.choices);
    const auto least = weight(choices());
    if (simpler ? cost.first > least.first : cost >= least) return false;
    accept(of, std::move(run_of));
    return true;
  }

  // What counts: deviations first, then length and how high the numbers are.
  static std::pair<std::size_t, std::uint64_t> weight(const std::vector<choice>& of) {
    std::uint64_t size = of.size();
    for (const choice& each : of)
      size += each.picks ? 0 : each.number;
    return {deviations(of), size};
  }

  std::vector<std::size_t> deviating() const {
    std::vector<std::size_t> places;
    const auto& all = result_.smallest.choices;
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (!all[at].dull) places.push_back(at);
    }
    return places;
  }

  // Calls one(from, size) for ever smaller parts of the deviating choices, from the last to the
  // first. One that says true has changed them.
  template <class One>
  bool for_each_part(One one) {
    bool better = false;
    for (std::size_t size = std::max<std::size_t>(deviating().size(), 1); size > 0; size /= 2) {
      for (std::size_t end = deviating().size(); end > 0 && more();) {
        const std::size_t from = end > size ? end - size : 0;
        better = one(from, end - from) || better;
        end = std::min(from, deviating().size());
      }
    }
    return better;
  }

  bool make_dull() {
    return for_each_part([this](std::size_t from, std::size_t size) {
      const std::vector<std::size_t> places = deviating();
      std::vector<choice> wanted = choices();
      for (std::size_t at = from; at < std::min(from + size, places.size()); ++at) {
        wanted[places[at]].dull = true;
        wanted[places[at]].number = 0;
      }
      return attempt(best().of, wanted, false);
    });
  }

  // Without them what follows comes earlier.
  bool leave_out() {
    return for_each_part([this](std::size_t from, std::size_t size) {
      const std::vector<std::size_t> places = deviating();
      std::vector<choice> wanted = choices();
      for (std::size_t at = std::min(from + size, places.size()); at-- > from;)
        wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(places[at]));
      return attempt(best().of, wanted, false);
    });
  }

  bool lower_numbers() {
    bool better = false;
    for (std::size_t at = 0; at < choices().size(); ++at) {
      if (choices()[at].picks || choices()[at].number < 2) continue;
      std::vector<choice> wanted = choices();
      wanted[at].number = 1;
      better = attempt(best().of, wanted, false) || better;
    }
    return better;
  }

  // Whatever has become simpler stays: then all is tried again.
  bool simplify_scene() {
    bool better = false;
    for (bool again = true; std::exchange(again, false) && more();) {
      for (const simpler& each : simpler_scenes(best().of, choices())) {
        if (!attempt(each.of, each.choices, true)) continue;
        better = again = true;
        break;
      }
    }
    return better;
  }

  oracle rule_;
  const shrink_limits limits_;
  const shrink_progress& progress_;
  shrunk result_;
};

}  // namespace

shrunk shrink(const trace& from, const shrink_limits& limits, const shrink_progress& progress) {
  return shrinker(from, limits, progress).result();
}

}  // namespace dovetail::sim
