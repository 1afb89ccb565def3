#include "route/random.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "route/distribution.h"

namespace dovetail {
namespace {

std::vector<std::uint32_t> draw(random_distribution& from, int count) {
  std::vector<std::uint32_t> picks;
  picks.reserve(static_cast<std::size_t>(count));
  for (int at = 0; at < count; ++at)
    picks.push_back(from.pick(7));
  return picks;
}

TEST(random_distribution, picks_anybody_about_as_often_whatever_they_weigh) {
  random_distribution servers(1);
  servers.rebuild(std::vector<place>{
      {.name = "a", .weight = 1000}, {.name = "b", .weight = 1}, {.name = "c", .weight = 1}});
  std::vector<int> times(3);

  for (const std::uint32_t picked : draw(servers, 30000))
    ++times[picked];

  for (const int count : times)
    EXPECT_NEAR(count, 10000, 500);
}

TEST(random_distribution, repeats_itself_for_the_same_seed) {
  const std::vector<place> places(5);
  random_distribution one(1), same(1), other(2);
  one.rebuild(places), same.rebuild(places), other.rebuild(places);

  const auto picks = draw(one, 100);
  EXPECT_EQ(draw(same, 100), picks);
  EXPECT_NE(draw(other, 100), picks);
}

}  // namespace
}  // namespace dovetail
