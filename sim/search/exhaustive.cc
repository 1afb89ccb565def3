#include "sim/search/exhaustive.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/net/choice.h"
#include "sim/search/seen_set.h"
#include "sim/search/world_memory.h"
#include "sim/world/hasher.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

using path = std::vector<std::uint32_t>;

class from_the_start final : public beginning {
 public:
  from_the_start(const scene& of, chooser& next) : world_(of, next) {}
  world& reached() override { return world_; }

 private:
  world world_;
};

// The choices of a run: those of the current path, then the first of each.
class path_chooser final : public chooser {
 public:
  explicit path_chooser(std::size_t depth) : depth_(depth) {}

  std::size_t pick(std::span<const happening> possible) override {
    const std::size_t picked = next(possible.size());
    const happening& its = possible[picked];
    if (its.what == happening::kind::fault) struck_[its.detail] = true;
    return picked;
  }
  std::uint32_t choose(std::uint32_t n, site) override {
    return static_cast<std::uint32_t>(next(n));
  }

  // From now on all paths that begin like this.
  void begin(const path& with) {
    taken_ = with;
    widths_.assign(with.size(), 0);
    own_ = with.size();
    at_ = 0;
  }

  // Choices made in this run.
  std::size_t position() const { return at_; }
  void rewind(std::size_t to) { at_ = to; }

  // Beyond the choices that earlier runs have made: what is met here is new.
  bool at_frontier() const { return at_ >= taken_.size(); }

  // To the next path in order. False when there is none.
  bool advance() {
    while (taken_.size() > own_ && taken_.back() + 1 == widths_.back()) {
      taken_.pop_back();
      widths_.pop_back();
    }
    if (taken_.size() == own_) return false;
    ++taken_.back();
    return true;
  }

  // The begin of paths that would have come last, and are not taken here any more.
  std::optional<path> give_away() {
    for (std::size_t at = own_; at < taken_.size(); ++at) {
      if (taken_[at] + 1 == widths_[at]) continue;
      path given(taken_.begin(), taken_.begin() + static_cast<std::ptrdiff_t>(at));
      given.push_back(--widths_[at]);
      return given;
    }
    return std::nullopt;
  }

  const path& taken() const { return taken_; }

  // The faults that were picked, on any path.
  const std::array<bool, faults>& struck() const { return struck_; }

 private:
  std::size_t next(std::size_t width) {
    if (at_ == depth_) return 0;
    if (at_ == taken_.size()) {
      const world_memory::use outside(nullptr);  // it is the world that asks
      taken_.push_back(0);
      widths_.push_back(static_cast<std::uint32_t>(width));
    }
    return taken_[at_++];
  }

  const std::size_t depth_;
  path taken_;
  path widths_;
  std::size_t own_ = 0;  // choices before which others search
  std::size_t at_ = 0;
  std::array<bool, faults> struck_{};
};

// The world of the current run, which the next one takes up where the paths part.
class rerun {
 public:
  rerun(const beginner& from, path_chooser& choices, bool keeps)
      : from_(from), choices_(choices), keeps_(keeps && memory_.available()) {}

  // Where the path parts from the last one, or, the path not being known from there, at its begin.
  world& resume() {
    while (depth_ > 0 && moments_[depth_ - 1].position >= choices_.taken().size())
      --depth_;
    if (depth_ == 0) return start();
    memory_.put_back(moments_[depth_ - 1].was);
    choices_.rewind(moments_[depth_ - 1].position);
    return begun_->reached();
  }

  // A path that has nothing to do with the last one.
  void forget() { depth_ = 0; }

  // What follows may be taken back to here.
  void remember() {
    // Such a world is rather led there again: from the last moment that is kept.
    if (!keeps_ || memory_.used() > image_max) return;
    // Nothing was chosen since the last moment: what comes next replaces it.
    if (depth_ > 0 && moments_[depth_ - 1].position == choices_.position()) --depth_;
    if (depth_ == moments_.size()) moments_.emplace_back();
    moments_[depth_].position = choices_.position();
    memory_.keep(moments_[depth_].was);
    ++depth_;
  }

  // In which memory the world lives.
  world_memory* memory() { return keeps_ ? &memory_ : nullptr; }

 private:
  static constexpr std::size_t image_max = std::size_t{1} << 20;

  struct moment {
    std::size_t position = 0;
    world_memory::image was;
  };

  world& start() {
    choices_.rewind(0);
    if (!keeps_) {
      replayed_ = nullptr;  // before the next one is there
      replayed_ = from_(choices_);
      return replayed_->reached();
    }
    memory_.clear();
    const world_memory::use here(&memory_);
    begun_ = from_(choices_).release();
    return begun_->reached();
  }

  const beginner& from_;
  path_chooser& choices_;
  world_memory memory_;
  const bool keeps_;            // worlds, as moments to go back to
  beginning* begun_ = nullptr;  // in that memory, which is cleared without asking it
  std::unique_ptr<beginning> replayed_;
  std::vector<moment> moments_;
  std::size_t depth_ = 0;  // how many of them are of this path
};

// Objects that a program makes once are made outside the memory of worlds.
void play_one_outside(const beginner& from) {
  dull_chooser dull;
  const auto begun = from(dull);
  while (begun->reached().step()) {
  }
  begun->reached().close();
}

}  // namespace

// What the threads of a search have in common.
class exhaustive_search::shared {
 public:
  shared(beginner from, const exploration_limits& limits, const exploration_progress& progress)
      : from_(std::move(from)), limits_(limits), progress_(progress) {
    left_.emplace_back();
  }

  const beginner& from() const { return from_; }
  const exploration_limits& limits() const { return limits_; }
  bool is_new(const fingerprint& state) { return seen_.insert(state); }

  // Where a thread that has nothing to do goes on, once somebody has given something away; none
  // when nobody has anything left.
  std::optional<path> next() {
    std::unique_lock alone(mutex_);
    ++idle_;
    changed_.wait(alone, [this] { return over_ || !left_.empty() || idle_ == limits_.jobs; });
    if (over_ || left_.empty()) {
      changed_.notify_all();
      return std::nullopt;
    }
    --idle_;
    path taken = std::move(left_.back());
    left_.pop_back();
    return taken;
  }

  bool wants_some() const { return idle_.load(std::memory_order_relaxed) > 0; }

  void give(path&& begin) {
    const std::scoped_lock alone(mutex_);
    left_.push_back(std::move(begin));
    changed_.notify_one();
  }

  // Adds what a thread has found since the last time. False when the search is over.
  bool add(exploration& more) {
    const std::scoped_lock alone(mutex_);
    all_.states += more.states;
    all_.transitions += more.transitions;
    all_.runs += more.runs;
    all_.events += more.events;
    all_.outcomes += more.outcomes;
    all_.depth = std::max(all_.depth, more.depth);
    for (std::size_t each = 0; each < faults; ++each)
      all_.struck[each] = all_.struck[each] || more.struck[each];
    if (!more.found.good() && all_.found.good()) {
      all_.found = more.found;
      all_.path = more.path;
    }
    more = {};
    const bool goes_on = all_.found.good() && all_.states <= limits_.states;
    if (!goes_on || (progress_ && !progress_(all_))) over_ = true;
    if (over_) changed_.notify_all();
    return !over_;
  }

  exploration result() const {
    exploration all = all_;
    all.complete = !over_;
    all.certificate = seen_.sum();
    return all;
  }

 private:
  shared_seen_set seen_;
  const beginner from_;
  const exploration_limits& limits_;
  const exploration_progress& progress_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<path> left_;  // begins of paths that nobody follows yet
  exploration all_;
  std::atomic<unsigned> idle_ = 0;
  bool over_ = false;
};

// What one of them does.
class exhaustive_search::worker {
 public:
  explicit worker(shared& all)
      : all_(all),
        path_(all.limits().depth),
        world_(all.from(), path_, all.limits().keeps_worlds) {}

  void work() {
    while (const auto begin = all_.next()) {
      path_.begin(*begin);
      world_.forget();
      if (!search_from_here()) return;
    }
  }

 private:
  // What makes the world allocate or free.
  auto within(const auto& deed) {
    const world_memory::use its(world_.memory());
    return deed();
  }

  // False when the search is over.
  bool search_from_here() {
    do {
      run_once();
      if (!mine_.found.good()) {
        mine_.path = path_.taken();
        return tell();
      }
      if (mine_.transitions >= transitions_untold && !tell()) return false;
      if (all_.wants_some()) {
        if (auto begin = path_.give_away()) all_.give(std::move(*begin));
      }
    } while (path_.advance());
    return tell();
  }

  bool tell() {
    mine_.struck = path_.struck();
    for (std::size_t each = 0; each < faults; ++each)
      mine_.struck[each] = mine_.struck[each] || done_by_servers_[each];
    return all_.add(mine_);
  }

  void run_once() {
    ++mine_.runs;
    world& run = world_.resume();
    const std::uint64_t before = run.events();
    while (goes_on(run)) {
    }
    mine_.events += run.events() - before;
    // What a server does with a request is no happening of its own.
    for (const ledger_entry& each : run.court().faults().entries())
      done_by_servers_[static_cast<std::size_t>(each.what)] = true;
    mine_.depth = std::max<std::uint64_t>(mine_.depth, path_.taken().size());
  }

  // Where fewer choices are left, less can follow.
  fingerprint state_of(const world& run) const {
    fingerprint its = run.state();
    const bool is_limited = all_.limits().depth != exploration_limits().depth;
    if (is_limited) its.low += path_.position() * 0x9e3779b97f4a7c15U;
    return its;
  }

  // One step, if it leads where nobody was yet.
  bool goes_on(world& run) {
    if (path_.at_frontier()) {
      ++mine_.transitions;
      // On the way to a state that is known, too, something may have gone wrong.
      within([&] { run.check(); });
      if (!run.found().good()) {
        mine_.found = run.found();
        return false;
      }
      if (!all_.is_new(state_of(run))) return false;
      ++mine_.states;
      if (path_.position() == all_.limits().depth) return end(run);
      world_.remember();
    }
    if (within([&] { return run.step(); })) return true;
    return end(run);
  }

  // Nothing is chosen any more, because nothing can happen or it is far enough.
  bool end(world& run) {
    within([&] {
      while (run.step()) {
      }
      run.close();
    });
    ++mine_.outcomes;
    mine_.found = run.found();
    return false;
  }

  // The others, and whoever wants to stop all this, are heard of as often.
  static constexpr std::uint64_t transitions_untold = 1024;

  shared& all_;
  path_chooser path_;
  rerun world_;
  exploration mine_;  // that the others have not been told of
  std::array<bool, faults> done_by_servers_{};
};

exhaustive_search::exhaustive_search(beginner from,
                                     const exploration_limits& limits,
                                     const exploration_progress& progress)
    : all_(std::make_unique<shared>(std::move(from), limits, progress)) {
  play_one_outside(all_->from());
}

exhaustive_search::exhaustive_search(const scene& of,
                                     const exploration_limits& limits,
                                     const exploration_progress& progress)
    : exhaustive_search([&of](chooser& next) { return std::make_unique<from_the_start>(of, next); },
                        limits,
                        progress) {}

exhaustive_search::~exhaustive_search() = default;

void exhaustive_search::work() {
  worker(*all_).work();
}

exploration exhaustive_search::result() const {
  return all_->result();
}

exploration explore(const beginner& from,
                    const exploration_limits& limits,
                    const exploration_progress& progress) {
  exploration_limits alone = limits;
  alone.jobs = 1;
  exhaustive_search all(from, alone, progress);
  all.work();
  return all.result();
}

exploration explore(const scene& of,
                    const exploration_limits& limits,
                    const exploration_progress& progress) {
  return explore([&of](chooser& next) { return std::make_unique<from_the_start>(of, next); },
                 limits, progress);
}

}  // namespace dovetail::sim
