// dovetail-hunt: looks for a violation in many small scenes. ci/mutants runs it on mutants; on the
// proxy as it is it must find nothing.
//
// Tells of each scene before it is searched, so that it is known where the process ended if it was
// ended by a broken promise. Ends with 0 when nothing was found, 3 when something was, 1 on a wrong
// command line.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "sim/mutants/hunt.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

struct wanted {
  std::string name;      // part of a ground's
  std::string first;     // likewise: where to look first
  std::string fault;     // its name, `none`, or empty for any
  std::vector<int> off;  // oracles that nobody minds
  bool list = false;
  bool all = false;  // go on after something was found
};

bool is_wanted(const hunting_ground& where, const wanted& asked) {
  if (where.name.find(asked.name) == std::string::npos) return false;
  if (asked.fault.empty()) return true;
  if (where.seeds > 0) return false;
  return where.what ? asked.fault == name_of(*where.what) : asked.fault == "none";
}

std::string json_text(std::string_view of) {
  std::string text;
  append_json_string(text, of);
  return text;
}

void report(const hunting_ground& where, const bag& got) {
  const std::string own = got.own ? std::to_string(*got.own) : "null";
  std::printf(
      "{\"scene\":%s,\"oracle\":%s,\"text\":%s,\"runs\":%llu,\"states\":%llu,\"complete\":%s,"
      "\"own_choices\":%s}\n",
      json_text(where.name).c_str(), json_text(name_of(got.found.broken)).c_str(),
      json_text(got.found.text).c_str(), static_cast<unsigned long long>(got.runs),
      static_cast<unsigned long long>(got.states), got.complete ? "true" : "false", own.c_str());
  std::fflush(stdout);
}

int hunt(const wanted& asked) {
  int result = 0;
  std::vector<hunting_ground> grounds = hunting_grounds();
  const auto is_first = [&](const hunting_ground& each) { return each.name.contains(asked.first); };
  std::ranges::sort(grounds, [&](const hunting_ground& one, const hunting_ground& other) {
    return std::pair(!is_first(one), one.order) < std::pair(!is_first(other), other.order);
  });
  for (hunting_ground& where : grounds) {
    if (!is_wanted(where, asked)) continue;
    if (asked.list) {
      std::puts(where.name.c_str());
      continue;
    }
    for (const int each : asked.off)
      where.of.oracles_off |= 1U << static_cast<unsigned>(each);
    std::printf("{\"begins\":%s}\n", json_text(where.name).c_str());
    std::fflush(stdout);
    const bag got = search_ground(where);
    report(where, got);
    if (got.found.good()) continue;
    result = 3;
    if (!asked.all) break;
  }
  return result;
}

// Returns the process's exit code.
int run(int count, char** words) {
  wanted asked;
  CLI::App app("Looks for a violation in many small scenes.");
  app.add_option("--scene", asked.name, "only scenes whose name has this in it");
  app.add_option("--first", asked.first, "scenes whose name has this in it are searched first");
  app.add_option("--fault", asked.fault, "only scenes with this one fault; none: without any");
  app.add_option("--off", asked.off, "numbers of oracles that nobody minds")->delimiter(',');
  app.add_flag("--list", asked.list, "the names of the scenes");
  app.add_flag("--all", asked.all, "go on after something was found");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  return hunt(asked);
}

}  // namespace
}  // namespace dovetail::sim

int main(int count, char** words) {
  try {
    return dovetail::sim::run(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dovetail-hunt: %s\n", error.what());
    return 1;
  }
}
