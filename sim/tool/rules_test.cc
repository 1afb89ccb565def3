// sim/rules.md is about the rules that there are.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

const std::string project = DOVETAIL_FIXTURES "/..";

std::string text_of(const std::string& path) {
  std::ifstream from(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

TEST(rules, each_has_its_sentence_in_the_order_of_their_numbers) {
  const std::string page = text_of(project + "/sim/rules.md");
  std::size_t at = 0;
  for (std::uint8_t each = 1; each <= std::to_underlying(oracle::accounting); ++each) {
    const std::string row = "\n| " + std::string(name_of(static_cast<oracle>(each))) + " | ";
    at = page.find(row, at);
    ASSERT_NE(at, std::string::npos) << row;
  }
  EXPECT_EQ(page.find("\n| O", at + 2), std::string::npos) << "a rule that there is not";
}

TEST(rules, watch_what_must_always_hold) {
  const std::string design = text_of(project + "/core/DESIGN.md");
  const std::string page = text_of(project + "/sim/rules.md");
  int number = 1;
  for (;; ++number) {
    const std::string name = " P" + std::to_string(number);
    if (design.find("- **" + name.substr(1) + " ") == std::string::npos) break;
    EXPECT_NE(page.find(name + " "), std::string::npos) << name << " is watched by none";
  }
  EXPECT_GT(number, 11);
  EXPECT_EQ(page.find(" P" + std::to_string(number)), std::string::npos);
}

}  // namespace
}  // namespace dovetail::sim
