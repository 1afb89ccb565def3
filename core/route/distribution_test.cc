#include "route/distribution.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

constexpr distribution_kind all_kinds[] = {distribution_kind::ketama, distribution_kind::modula,
                                           distribution_kind::random};

TEST(distribution, is_found_by_the_name_it_gives) {
  for (const distribution_kind kind : all_kinds)
    EXPECT_EQ(distribution_named(name_of(kind)), kind);
  EXPECT_EQ(distribution_named("ketama"), distribution_kind::ketama);
  EXPECT_EQ(distribution_named("modula"), distribution_kind::modula);
  EXPECT_EQ(distribution_named("random"), distribution_kind::random);
}

TEST(distribution, has_names_in_lower_case_only) {
  EXPECT_EQ(distribution_named("Ketama"), std::nullopt);
  EXPECT_EQ(distribution_named(""), std::nullopt);
}

TEST(distribution, picks_live_places_only_and_by_their_full_index) {
  const std::vector<place> places{
      {.name = "a", .live = false}, {.name = "b"}, {.name = "c", .live = false}, {.name = "d"}};

  for (const distribution_kind kind : all_kinds) {
    const auto made = make_distribution(kind, 1);
    made->rebuild(places);
    for (std::uint32_t hash = 0; hash < 1000; ++hash) {
      const std::uint32_t picked = made->pick(hash * 4294967);
      EXPECT_TRUE(picked == 1 || picked == 3) << name_of(kind) << " picked " << picked;
    }
  }
}

TEST(distribution, keeps_its_layout_when_nobody_is_live) {
  for (const distribution_kind kind : all_kinds) {
    const auto made = make_distribution(kind, 1);
    made->rebuild(std::vector<place>{{.name = "a", .live = false}, {.name = "b"}});
    made->rebuild(std::vector<place>{{.name = "a", .live = false}, {.name = "b", .live = false}});
    EXPECT_EQ(made->pick(0), 1U) << name_of(kind);
  }
}

TEST(distribution, forgets_a_former_layout) {
  for (const distribution_kind kind : all_kinds) {
    const auto made = make_distribution(kind, 1);
    made->rebuild(std::vector<place>{{.name = "a"}, {.name = "b", .live = false}});
    made->rebuild(std::vector<place>{{.name = "a", .live = false}, {.name = "b"}});
    for (std::uint32_t hash = 0; hash < 100; ++hash) {
      EXPECT_EQ(made->pick(hash * 42949672), 1U) << name_of(kind);
    }
  }
}

}  // namespace
}  // namespace dovetail
