// Runs scenario files, for ctest: prints what is wrong and where.
//
//     scenario_play FILE...      ends with 1 if one of them fails

#include <cstdio>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "sim/scenario/run.h"

int main(int count, char** words) {
  bool good = true;
  dovetail::sim::scenario_options how;
  for (const char* const each : std::span(words, static_cast<std::size_t>(count)).subspan(1)) {
    if (std::string_view(each) == "--long") {
      how.long_too = true;
      continue;
    }
    const auto result = dovetail::sim::run_scenario_file(each, how);
    good = good && result.good;
    if (!result.good) fmt::print(stderr, "{}\n", result.text);
    if (result.good) {
      fmt::print("{}: {}{} runs, {} events {}\n", each, result.skipped ? "long: skipped, " : "",
                 result.runs, result.events, result.text);
    }
  }
  return good ? 0 : 1;
}
