#include <cstdint>
#include <ctime>
#include <memory>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/picture/json.h"
#include "sim/search/sweep.h"
#include "sim/tool/commands.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/numbers.h"

namespace dovetail::sim {
namespace {

struct bench_words {
  std::uint64_t first = 1;
  std::uint64_t seeds = 20000;
  double at_least = 0;
  bool json = false;
};

// Runs of a usual size, in events: large ones say more of the scene than of the simulator.
constexpr std::uint64_t events_min = 25;
constexpr std::uint64_t events_max = 60;

// Of the process, so that others on the machine do not count.
double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct speed {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  double seconds = 0;

  double seeds_per_second() const { return static_cast<double>(seeds) / seconds; }
  double events_per_second() const { return static_cast<double>(events) / seconds; }
  double events_per_seed() const {
    return static_cast<double>(events) / static_cast<double>(seeds);
  }
};

speed measure(const std::vector<std::uint64_t>& seeds) {
  speed found{.seeds = seeds.size()};
  const double began = processor_seconds();
  for (const std::uint64_t seed : seeds)
    found.events += sweep_seed(seed).events;
  found.seconds = processor_seconds() - began;
  return found;
}

void add(json_writer& to, const speed& of) {
  to.field("seeds", of.seeds).field("events", of.events);
  to.field("seeds_per_second", static_cast<std::uint64_t>(of.seeds_per_second()));
  to.field("events_per_second", static_cast<std::uint64_t>(of.events_per_second()));
}

void print(const speed& of, const char* which) {
  fmt::print("{:7} seeds {:23} {:6.0f} seeds and {:8.0f} events a second, {:.0f} events a seed\n",
             of.seeds, which, of.seeds_per_second(), of.events_per_second(), of.events_per_seed());
}

int bench(const bench_words& said) {
  std::vector<std::uint64_t> any;
  std::vector<std::uint64_t> usual;
  for (std::uint64_t seed = said.first; usual.size() < said.seeds; ++seed) {
    any.push_back(seed);
    set_crash_line(fmt::format("dovetail-sim sweep --seed {} --seeds 1", seed));
    const std::uint64_t events = sweep_seed(seed).events;
    if (events >= events_min && events <= events_max) usual.push_back(seed);
  }
  const speed of_usual = measure(usual);
  const speed of_any = measure(any);
  if (said.json) {
    json_writer to;
    add(to.open('{').name("usual").open('{'), of_usual);
    add(to.close('}').name("any").open('{'), of_any);
    fmt::print("{}\n", to.close('}').close('}').text());
  } else {
    print(of_usual, "of 25 to 60 events:");
    print(of_any, "of any size:");
    fmt::print("one core, processor time, all rules judged\n");
  }
  return of_usual.seeds_per_second() >= said.at_least ? exit_good : exit_budget;
}

}  // namespace

command add_bench(CLI::App& to) {
  const auto said = std::make_shared<bench_words>();
  CLI::App* const line = to.add_subcommand("bench", "Seeds and events a second, on one core");
  line->add_option("--seed", said->first, "The first seed")
      ->check(whole_number())
      ->capture_default_str();
  line->add_option("--seeds", said->seeds, "How many runs of 25 to 60 events")
      ->check(whole_number(1))
      ->capture_default_str();
  line->add_option("--at-least", said->at_least, "Fail below so many of these seeds a second");
  line->add_flag("--json", said->json, "Print a line of JSON");
  return {.line = line, .run = [said] { return bench(*said); }};
}

}  // namespace dovetail::sim
