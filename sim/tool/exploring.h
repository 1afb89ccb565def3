// Explorations on several threads: each of a file's cases is one search.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/picture/json.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/tool/exit_code.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

struct explore_words {
  std::string name;  // of what it leaves
  std::string out = "sim-failures";
  std::string certificate;
  unsigned jobs = 1;
  std::size_t skip = 0;  // the first so many cases
  bool json = false;
};

struct explored_case {
  exploration_case of;
  exploration found;
  std::string objection;    // empty: none
  std::vector<fault> idle;  // that it allows, and of which it shows nothing
  bool shown = true;
  double seconds = 0;
};

struct explored {
  // As far as the first with an objection, which is the last then: the same for any number of jobs.
  std::vector<explored_case> cases;
  double seconds = 0;

  std::vector<fault> left_out;  // of which there is no case, as they cannot strike in this scene

  // Cases that are; see is_shown.
  std::size_t shown() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(cases, [](const explored_case& each) { return each.shown; }));
  }

  bool good() const { return shown() > 0 && cases.back().objection.empty(); }
};

// Is told of each case in their order, once all before it have been explored, on the caller's
// thread.
using case_watch = std::function<void(const explored_case&)>;

// All cases but the first `skipped`, which are fewer than there are.
explored explore_cases(const scenario& of,
                       unsigned jobs,
                       std::size_t skipped = 0,
                       const case_watch& told = {});

// Explores it and says how that was: a line for each case as soon as it is known, and one for all.
// What fails is left in `said.out`. `of` is an exploration or a plain scene.
exit_code explore_scenario(const scenario& of, const explore_words& said);

// Searches on so many threads; a crash of one of them is repeated by `line`.
exploration search_together(exhaustive_search& search, unsigned jobs, const std::string& line);

void write_numbers(json_writer& to, const exploration& of, double seconds);

// Explores what may follow from event `from` of a script on, `depth` choices far. Says how that
// was; a picture of what fails is left in `said.out`.
exit_code explore_from(const scenario& script,
                       std::uint64_t from,
                       std::size_t depth,
                       const explore_words& said);

}  // namespace dovetail::sim
