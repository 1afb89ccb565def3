// Every run of a scene, each state once.
//
// A depth-first search over choices: a run follows the current path and takes the dull choice
// beyond it; where it meets a state that was met before, what would follow is known. The next path
// leaves the last one somewhere: there the world is put back as it was (world_memory.h), or, where
// that cannot be, a new one follows the path from the start. Several threads share what was met;
// one that has no path left is given an end of another's.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "sim/net/choice.h"
#include "sim/search/seen_set.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::sim {

struct exploration {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t runs = 0;
  std::uint64_t events = 0;           // that were played for it, some of them again and again
  std::uint64_t depth = 0;            // choices on the longest path
  std::uint64_t outcomes = 0;         // states in which nothing more can happen, or is chosen
  fingerprint certificate;            // equal for equal sets of states
  std::array<bool, faults> struck{};  // which faults did, in any run
  bool complete = false;              // every state was seen; else a limit was reached
  verdict found;                      // the first violation that was met, which ends the search
  std::vector<std::uint32_t> path;    // the choices that led to it
};

// Where the runs of a search begin.
class beginning {
 public:
  beginning() = default;
  virtual ~beginning() = default;
  beginning(const beginning&) = delete;
  beginning& operator=(const beginning&) = delete;

  virtual world& reached() = 0;
};

// Makes one, the same each time, where `next` is asked from now on.
using beginner = std::function<std::unique_ptr<beginning>(chooser& next)>;

struct exploration_limits {
  std::uint64_t states = 200'000'000;

  // Choices of a run; those behind them are dull, and what is met there is no state of the search.
  // A state counts anew at each depth, for what may follow differs.
  std::size_t depth = std::numeric_limits<std::size_t>::max();

  // Threads that search. What is complete has the same numbers for any of them, `events` and
  // `depth` apart; of several violations, the one that is met first depends on how they take turns.
  unsigned jobs = 1;

  // Whether worlds are put back; else each path is followed from its start.
  bool keeps_worlds = true;
};

// Called now and then with what there is so far, by one thread at a time; false ends the search.
using exploration_progress = std::function<bool(const exploration&)>;

// A search by several threads. All arguments outlive it.
class exhaustive_search {
 public:
  exhaustive_search(const scene& of,
                    const exploration_limits& limits,
                    const exploration_progress& progress);
  exhaustive_search(beginner from,
                    const exploration_limits& limits,
                    const exploration_progress& progress);
  ~exhaustive_search();
  exhaustive_search(const exhaustive_search&) = delete;
  exhaustive_search& operator=(const exhaustive_search&) = delete;

  // To be called by as many threads as the limits say, by each once. Returns when all is done.
  void work();

  // When all have returned.
  exploration result() const;

 private:
  class shared;
  class worker;
  std::unique_ptr<shared> all_;
};

// By this thread alone, whatever the limits say of threads.
exploration explore(const scene& of,
                    const exploration_limits& limits = {},
                    const exploration_progress& progress = {});
exploration explore(const beginner& from,
                    const exploration_limits& limits = {},
                    const exploration_progress& progress = {});

}  // namespace dovetail::sim
