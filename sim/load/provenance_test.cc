#include "sim/load/provenance.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/load/key_space.h"

namespace dovetail::sim::load {
namespace {

constexpr provenance some{.key = 77, .written = {.writer = 3, .sequence = 123'456}};
constexpr provenance other{.key = 77, .written = {.writer = 3, .sequence = 123'457}};

std::string value_of(const value_maker& maker, const provenance& of) {
  std::string made;
  maker.append(made, of);
  return made;
}

TEST(value_maker, knows_where_its_values_come_from) {
  for (const std::size_t size : {16, 17, 100, 40'000, 100'000}) {
    const value_maker maker(size, size);
    const std::string value = value_of(maker, some);
    EXPECT_EQ(value.size(), size);
    EXPECT_EQ(maker.read(value), some);
  }
}

TEST(value_maker, keeps_the_largest_numbers) {
  const provenance last{
      .key = key_space::keys_max,
      .written = {.writer = write_id::preloader, .sequence = (std::uint64_t{1} << 42) - 1}};
  const value_maker maker(16, 16);

  EXPECT_EQ(maker.read(value_of(maker, last)), last);
}

TEST(value_maker, makes_sizes_within_its_bounds) {
  const value_maker maker(20, 24);
  std::set<std::size_t> seen;
  for (std::uint64_t at = 0; at < 100; ++at) {
    const provenance each{.key = 1, .written = {.writer = 1, .sequence = at}};
    const std::size_t size = value_of(maker, each).size();
    EXPECT_EQ(size, maker.size(each));
    seen.insert(size);
  }
  EXPECT_EQ(seen, (std::set<std::size_t>{20, 21, 22, 23, 24}));
}

TEST(value_maker, does_not_take_a_value_of_which_one_byte_is_wrong) {
  const value_maker maker(100, 100);
  const std::string value = value_of(maker, some);
  for (std::size_t at = 0; at < value.size(); ++at) {
    std::string changed = value;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_NE(maker.read(changed), some) << at;
    if (at >= 16) {
      EXPECT_FALSE(maker.read(changed)) << at;
    }
  }
}

TEST(value_maker, does_not_take_a_value_that_was_cut_or_glued) {
  const value_maker maker(100, 200);
  const std::string value = value_of(maker, some);
  const std::string next = value_of(maker, other);
  for (std::size_t at = 0; at < value.size(); ++at) {
    EXPECT_FALSE(maker.read(std::string_view(value).substr(0, at))) << at;
    if (at > 16 && at < next.size()) {
      EXPECT_FALSE(maker.read(value.substr(0, at) + next.substr(at)));
    }
  }
  EXPECT_FALSE(maker.read(value + "x"));
  EXPECT_FALSE(maker.read(""));
}

}  // namespace
}  // namespace dovetail::sim::load
