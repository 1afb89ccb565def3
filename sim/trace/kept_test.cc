// Runs of fixtures/traces, each of which once broke a rule.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "sim/trace/play.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

TEST(kept_trace, holds_now) {
  int played = 0;
  for (const auto& each : std::filesystem::directory_iterator(DOVETAIL_FIXTURES "/traces")) {
    std::ifstream file(each.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto kept = parse_trace(text);
    ASSERT_TRUE(kept) << each.path() << ": " << kept.error();
    const auto found = play(kept->of, kept->choices).found;
    EXPECT_TRUE(found.good()) << each.path() << ": " << name_of(found.broken) << ": " << found.text;
    ++played;
  }
  EXPECT_GT(played, 0);
}

}  // namespace
}  // namespace dovetail::sim
