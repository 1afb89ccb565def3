// Target: scenario files. Either there are errors with a reason, or what was read makes sense: its
// scene, printed and read again, is the same, and nothing names a party that is not there.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "config/config_error.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scene_yaml.h"

namespace {

using namespace dovetail;

void check_steps(const sim::scenario& of, const std::vector<sim::script_step>& steps) {
  for (const sim::script_step& each : steps) {
    const std::size_t parties = each.whom.server ? of.what.servers : of.what.clients.size();
    const bool about_proxy = each.whom == sim::party{};
    DOVETAIL_CHECK(about_proxy || each.whom.number < parties);
    for (const auto& branch : each.branches)
      check_steps(of, branch);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = sim::parse_scenario(text, "input");
  if (!read) {
    DOVETAIL_CHECK(!read.error().empty());
    for (const config_error& each : read.error())
      DOVETAIL_CHECK(!each.reason.empty() && each.file == "input");
    return 0;
  }
  check_steps(*read, read->steps);
  const auto again = sim::parse_scene(sim::print_scene(read->what), "printed");
  DOVETAIL_CHECK(again.has_value());
  DOVETAIL_CHECK(*again == read->what);
  return 0;
}
