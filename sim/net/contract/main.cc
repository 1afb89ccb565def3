// Plays the contract in the worlds of one profile, or until all that it allows has been seen.
//
//   sim_contract_test [--profile=NAME] [--seed=N] [--gtest_…]
//   sim_contract_test --explore=SEEDS

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "sim/net/contract/outcomes.h"
#include "sim/net/contract/profile.h"
#include "sim/net/contract/world.h"

namespace dovetail::sim {
namespace {

constexpr int usage_error = 2;

// The value of --name=VALUE.
std::optional<std::string_view> value_of(std::string_view argument, std::string_view name) {
  if (!argument.starts_with(name)) return std::nullopt;
  return argument.substr(name.size());
}

std::string filter_of(const std::vector<std::string>& clauses) {
  std::string filter;
  for (const std::string& each : clauses)
    filter += "*." + each + ":";
  return filter;
}

// Plays what is not finished again with new seeds. GoogleTest runs any number of times as long as
// nothing dies.
int explore(std::uint64_t seeds) {
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  the_run().how = &profiles().back();
  const std::unique_ptr<::testing::TestEventListener> printer(
      listeners.Release(listeners.default_result_printer()));
  int failed = RUN_ALL_TESTS();
  std::uint64_t rounds = 1;
  for (auto rest = outcomes_seen().unfinished(); rounds < seeds && !rest.empty() && failed == 0;
       ++rounds, rest = outcomes_seen().unfinished()) {
    GTEST_FLAG_SET(filter, filter_of(rest));
    failed = RUN_ALL_TESTS();
  }
  const auto complaints = outcomes_seen().complaints();
  for (const std::string& each : complaints)
    std::printf("%s\n", each.c_str());
  std::printf("%zu questions, %zu outcomes seen with %ju seeds, %zu complaints\n",
              outcomes_seen().questions(), outcomes_seen().seen(), std::uintmax_t{rounds},
              complaints.size());
  return failed != 0 || !complaints.empty() ? 1 : 0;
}

int run(std::span<char*> arguments) {
  std::uint64_t seeds = 0;
  for (const std::string_view each : arguments) {
    const auto name = value_of(each, "--profile=");
    const auto seed = value_of(each, "--seed=");
    const auto most = value_of(each, "--explore=");
    const auto number = parse_unsigned(seed ? *seed : most.value_or(""), UINT32_MAX);
    if (name) the_run().how = find_profile(*name);
    if (seed && number) the_run().next_seed = *number;
    if (most && number) seeds = *number;
    if (the_run().how != nullptr && (name || number)) continue;
    std::fprintf(stderr, "what is %s?\n", std::string(each).c_str());
    return usage_error;
  }
  return seeds > 0 ? explore(seeds) : RUN_ALL_TESTS();
}

}  // namespace
}  // namespace dovetail::sim

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return dovetail::sim::run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
}
