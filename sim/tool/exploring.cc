#include "sim/tool/exploring.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "sim/picture/json.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/search/exhaustive.h"
#include "sim/search/tape_chooser.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/jobs.h"
#include "sim/tool/numbers.h"
#include "sim/tool/progress.h"
#include "sim/trace/play.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

// What repeats a case, with all the others.
std::string line_of(const scenario& of, const exploration_case& its) {
  return fmt::format("dovetail-sim explore {}  # {}", of.file, its.name);
}

// Cases are begun in order, so that all before the first that fails have been explored.
class case_line {
 public:
  case_line(const scenario& of, unsigned jobs, std::size_t skipped) : of_(of) {
    std::vector<exploration_case> all = cases_of(of);
    for (std::size_t at = skipped; at < all.size(); ++at) {
      cases_.push_back({.of = std::move(all[at]),
                        .found = {},
                        .objection = {},
                        .idle = {},
                        .shown = true,
                        .seconds = 0});
    }
    last_ = cases_.size();
    const auto at_once = static_cast<unsigned>(std::min<std::size_t>(jobs, cases_.size()));
    jobs_each_ = jobs / std::max(at_once, 1U);
    explored_ = std::vector<std::atomic<bool>>(cases_.size());
  }

  void work() {
    for (;;) {
      const std::size_t at = next_.fetch_add(1);
      if (at >= cases_.size() || at > last_.load()) return;
      explore_one(at);
    }
  }

  void show(progress& to) const {
    const double share = static_cast<double>(done_.load()) / static_cast<double>(cases_.size());
    to.show(states_.load(), share);
  }

  // Each case once, in their order, as soon as all before it have been explored.
  void tell(const case_watch& whom) {
    for (; told_ < cases_.size() && told_ <= last_.load() && explored_[told_]; ++told_)
      whom(cases_[told_]);
  }

  std::vector<explored_case> take() {
    cases_.resize(std::min(cases_.size(), last_.load() + 1));
    return std::move(cases_);
  }

 private:
  void explore_one(std::size_t at) {
    explored_case& its = cases_[at];
    const auto began = progress::clock::now();
    std::uint64_t told = 0;
    const auto tell = [&](const exploration& so_far) {
      states_ += so_far.states - told;
      told = so_far.states;
      return at <= last_.load();
    };
    const exploration_limits limits{.states = of_.states_max, .jobs = jobs_each_};
    const exploration_progress told_of = tell;
    exhaustive_search search(its.of.of, limits, told_of);
    its.found = search_together(search, jobs_each_, line_of(of_, its.of));
    tell(its.found);
    its.seconds = std::chrono::duration<double>(progress::clock::now() - began).count();
    its.objection = objection_to(its.found, of_);
    if (its.objection.empty()) its.idle = idle_in(its.of, its.found);
    its.shown = is_shown(its.of, its.idle, of_);
    ++done_;
    std::size_t first = last_.load();
    while (!its.objection.empty() && at < first && !last_.compare_exchange_weak(first, at)) {
    }
    explored_[at] = true;  // not before it may be the last one that is told
  }

  const scenario& of_;
  unsigned jobs_each_ = 1;
  std::vector<explored_case> cases_;
  std::vector<std::atomic<bool>> explored_;  // of each case
  std::size_t told_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> last_;  // that is of interest
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::uint64_t> states_ = 0;
};

exploration sum_of(const std::vector<explored_case>& cases) {
  exploration all;
  all.complete = true;
  for (const explored_case& each : cases) {
    all.states += each.found.states;
    all.transitions += each.found.transitions;
    all.outcomes += each.found.outcomes;
    all.runs += each.found.runs;
    all.events += each.found.events;
    all.depth = std::max(all.depth, each.found.depth);
    all.certificate.high += each.found.certificate.high;
    all.certificate.low += each.found.certificate.low;
    all.complete = all.complete && each.found.complete;
  }
  return all;
}

void write_names(json_writer& to, const char* name, const std::vector<fault>& these) {
  to.name(name).open('[');
  for (const fault each : these)
    to.value(name_of(each));
  to.close(']');
}

std::string to_json(const std::string& file,
                    const explored& of,
                    const std::optional<failure>& left) {
  json_writer to;
  to.open('{').field("scene", file).field("good", of.good());
  write_numbers(to, sum_of(of.cases), of.seconds);
  to.name("cases").open('[');
  for (const explored_case& each : of.cases) {
    to.open('{').field("case", each.of.name).field("objection", each.objection);
    write_names(to, "idle", each.idle);
    write_numbers(to, each.found, each.seconds);
    to.close('}');
  }
  to.close(']').field("shown", std::uint64_t{of.shown()});
  write_names(to, "left_out", of.left_out);
  if (left) {
    to.name("failure");
    write(to, *left);
  }
  return to.close('}').text() + "\n";
}

void print_row(const explored_case& its) {
  const exploration& of = its.found;
  const std::string how = !of.found.good()    ? "broken"
                          : !of.complete      ? "not complete"
                          : !its.idle.empty() ? "never strikes: " + names_of(its.idle)
                                              : "complete";
  fmt::print("{:32} {:>11} {:>12} {:>9} {:>8.1f}  {}\n", its.of.name, of.states, of.transitions,
             of.outcomes, its.seconds, how);
}

// How it ended, with what was not shown.
std::string print_verdict(const explored& of) {
  if (of.shown() == 0) return "none of these faults can strike in this scene: nothing is shown";
  // Where in the run that was, the smallest one says.
  const explored_case& last = of.cases.back();
  if (!last.found.found.good())
    return fmt::format("{}: breaks {}", last.of.name, name_of(last.found.found.broken));
  if (!of.good()) return last.of.name + ": " + last.objection;
  std::string text = "complete, all rules hold";
  if (of.shown() < of.cases.size()) {
    text += fmt::format(" in {} of {} cases; in the others a fault never strikes", of.shown(),
                        of.cases.size());
  }
  return text;
}

void print_header() {
  fmt::print("{:32} {:>11} {:>12} {:>9} {:>8}\n", "faults", "states", "transitions", "outcomes",
             "seconds");
}

void print_sum(const std::string& file, const explored& of) {
  if (!of.left_out.empty())
    fmt::print("left out, as they cannot strike in this scene: {}\n", names_of(of.left_out));
  const exploration all = sum_of(of.cases);
  fmt::print("{}: {}, {}, {} in {:.1f} s: {}\n", file, counted(all.states, "state"),
             counted(all.transitions, "transition"), counted(all.outcomes, "outcome"), of.seconds,
             print_verdict(of));
}

exit_code code_of(const explored& of) {
  if (of.good()) return exit_good;
  if (of.shown() == 0) return exit_budget;
  const exploration& last = of.cases.back().found;
  if (!last.found.good()) return exit_code_of(last.found);
  return last.complete ? exit_safety : exit_budget;
}

}  // namespace

exploration search_together(exhaustive_search& search, unsigned jobs, const std::string& line) {
  const auto work = [&] {
    set_crash_line(line);
    search.work();
  };
  work_together(jobs, work, [] {});
  return search.result();
}

void write_numbers(json_writer& to, const exploration& of, double seconds) {
  to.field("complete", of.complete).field("states", of.states);
  to.field("transitions", of.transitions).field("outcomes", of.outcomes).field("runs", of.runs);
  to.field("depth", of.depth).field("events", of.events);
  to.field("certificate", fmt::format("{:016x}{:016x}", of.certificate.high, of.certificate.low));
  to.field("microseconds", static_cast<std::uint64_t>(seconds * 1e6));
}

explored explore_cases(const scenario& of,
                       unsigned jobs,
                       std::size_t skipped,
                       const case_watch& told) {
  progress shown("states");
  case_line line(of, jobs, skipped);
  work_together(
      jobs, [&] { line.work(); },
      [&] {
        line.show(shown);
        if (told) line.tell(told);
      });
  if (told) line.tell(told);
  return {.cases = line.take(), .seconds = shown.seconds(), .left_out = left_out_of(of)};
}

exit_code explore_scenario(const scenario& of, const explore_words& said) {
  const std::size_t cases = cases_of(of).size();
  if (said.skip >= cases) {
    fmt::print(stderr, "dovetail-sim: {}: there are {} cases: none is left\n", of.file, cases);
    return exit_usage;
  }
  bool begun = false;
  const auto print_as_explored = [&](const explored_case& its) {
    if (said.json || cases == 1) return;
    if (!std::exchange(begun, true)) print_header();
    print_row(its);
  };
  const explored all = explore_cases(of, said.jobs, said.skip, print_as_explored);
  std::optional<failure> left;
  if (!all.good() && all.shown() > 0 && !all.cases.back().found.found.good()) {
    const explored_case& broken = all.cases.back();
    tape_chooser again(broken.found.path);
    left = leave(trace_of(broken.of.of, again, line_of(of, broken.of)), said.out, said.name);
  }
  const std::string json = to_json(of.file, all, left);
  if (!said.certificate.empty() && !write_file(said.certificate, json)) return exit_usage;
  if (said.json) {
    fmt::print("{}", json);
  } else {
    if (cases == 1 && !all.cases.front().idle.empty()) {
      print_header();
      print_row(all.cases.front());
    }
    print_sum(of.file, all);
    if (said.skip > 0) fmt::print("the first {} of {} cases were left out\n", said.skip, cases);
    if (left) fmt::print("{}", describe(*left));
  }
  return code_of(all);
}

}  // namespace dovetail::sim
