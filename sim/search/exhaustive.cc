#include "sim/search/exhaustive.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/net/choice.h"
#include "sim/search/seen_set.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

// The choices of a run: those of the current path, then the first of each.
class path_chooser final : public chooser {
 public:
  std::size_t pick(std::span<const happening> possible) override {
    const std::size_t picked = next(possible.size());
    const happening& its = possible[picked];
    if (its.what == happening::kind::fault) struck_[its.detail] = true;
    return picked;
  }
  std::uint32_t choose(std::uint32_t n, site) override {
    return static_cast<std::uint32_t>(next(n));
  }

  void rewind() { at_ = 0; }

  // Beyond the choices that earlier runs have made: what is met here is new.
  bool at_frontier() const { return at_ >= taken_.size(); }

  // To the next path in order. False when there is none.
  bool advance() {
    while (!taken_.empty() && taken_.back() + 1 == widths_.back()) {
      taken_.pop_back();
      widths_.pop_back();
    }
    if (taken_.empty()) return false;
    ++taken_.back();
    return true;
  }

  const std::vector<std::uint32_t>& taken() const { return taken_; }

  // The faults that were picked, on any path.
  const std::array<bool, faults>& struck() const { return struck_; }

 private:
  std::size_t next(std::size_t width) {
    if (at_ == taken_.size()) {
      taken_.push_back(0);
      widths_.push_back(static_cast<std::uint32_t>(width));
    }
    return taken_[at_++];
  }

  std::vector<std::uint32_t> taken_;
  std::vector<std::uint32_t> widths_;
  std::size_t at_ = 0;
  std::array<bool, faults> struck_{};
};

class search {
 public:
  search(const scene& of, const exploration_limits& limits, const exploration_progress& progress)
      : scene_(of), limits_(limits), progress_(progress) {}

  exploration result() {
    do {
      path_.rewind();
      run_once();
      if (!result_.found.good()) {
        result_.path = path_.taken();
        return finished();
      }
      if (result_.states > limits_.states) return finished();
      if (++result_.runs % 1024 == 0 && progress_ && !progress_(result_)) return finished();
    } while (path_.advance());
    result_.complete = true;
    return finished();
  }

 private:
  exploration finished() {
    result_.certificate = seen_.sum();
    for (std::size_t each = 0; each < faults; ++each)
      result_.struck[each] = result_.struck[each] || path_.struck()[each];
    return result_;
  }

  void run_once() {
    world run(scene_, path_);
    for (;;) {
      const bool known = !path_.at_frontier();
      if (!known) {
        ++result_.transitions;
        // On the way to a state that is known, too, something may have gone wrong.
        run.check();
        if (!run.found().good()) {
          result_.found = run.found();
          break;
        }
        if (!seen_.insert(run.state())) break;
        ++result_.states;
      }
      if (run.step()) continue;
      run.close();
      ++result_.outcomes;
      result_.found = run.found();
      break;
    }
    result_.events += run.events();
    // What a server does with a request is no happening of its own.
    for (const ledger_entry& each : run.court().faults().entries())
      result_.struck[static_cast<std::size_t>(each.what)] = true;
    result_.depth = std::max<std::uint64_t>(result_.depth, path_.taken().size());
  }

  const scene& scene_;
  const exploration_limits limits_;
  const exploration_progress& progress_;
  path_chooser path_;
  seen_set seen_;
  exploration result_;
};

}  // namespace

exploration explore(const scene& of,
                    const exploration_limits& limits,
                    const exploration_progress& progress) {
  return search(of, limits, progress).result();
}

}  // namespace dovetail::sim
