#include "route/ketama.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "route/distribution.h"
#include "route/hash/md5.h"

namespace dovetail {
namespace {

std::map<std::uint32_t, int> points_by_server(const ketama& of) {
  std::map<std::uint32_t, int> counts;
  for (const ketama::point& point : of.points())
    ++counts[point.server];
  return counts;
}

bool has_point(const ketama& in, std::uint32_t value, std::uint32_t server) {
  return std::ranges::count(in.points(), ketama::point{value, server}) == 1;
}

// Only some equal servers get 39 digests each; up to here is what the golden placements cover and
// beyond it what the arithmetic of nc_ketama.c gives.
TEST(ketama, loses_a_digest_where_single_precision_falls_short) {
  const std::set<std::uint32_t> short_ones{25,  47,  50,  55,  61,  71,  94,  100, 107, 109, 110,
                                           115, 122, 142, 159, 163, 188, 193, 200, 209, 214, 218,
                                           219, 220, 230, 237, 243, 244, 279, 284, 293, 299};

  for (std::uint32_t servers = 1; servers <= 300; ++servers) {
    EXPECT_EQ(ketama_digests(1, servers, servers), short_ones.contains(servers) ? 39U : 40U)
        << servers << " servers";
  }
}

TEST(ketama, falls_short_for_103_of_the_first_thousand_counts) {
  int short_ones = 0;
  for (std::uint32_t servers = 1; servers <= 1000; ++servers) {
    short_ones += ketama_digests(1, servers, servers) == 39 ? 1 : 0;
  }
  EXPECT_EQ(short_ones, 103);
}

TEST(ketama, gives_digests_by_share_of_the_weight) {
  EXPECT_EQ(ketama_digests(1, 1, 1), 40U);
  EXPECT_EQ(ketama_digests(3, 4, 2), 60U);
  EXPECT_EQ(ketama_digests(1, 4, 2), 20U);
  EXPECT_EQ(ketama_digests(100000, 100001, 2), 79U);
  EXPECT_EQ(ketama_digests(1, 100001, 2), 0U);
}

TEST(ketama, takes_four_words_of_the_digest_of_the_numbered_name) {
  EXPECT_EQ(md5_of("server1-8").word(0), 3853726576U);  // both from twemproxy's test_all.c
  EXPECT_EQ(md5_of("server1-8").word(3), 2667054752U);

  ketama ring;
  ring.rebuild(std::vector<place>{{.name = "server1"}, {.name = "server2"}});

  EXPECT_TRUE(has_point(ring, 3853726576U, 0));
  EXPECT_TRUE(has_point(ring, 2667054752U, 0));
  EXPECT_TRUE(has_point(ring, md5_of("server1-0").word(1), 0));
  EXPECT_TRUE(has_point(ring, md5_of("server2-39").word(2), 1));
  EXPECT_FALSE(has_point(ring, md5_of("server2-40").word(0), 1));
}

TEST(ketama, puts_its_points_in_order) {
  ketama ring;
  ring.rebuild(std::vector<place>{{.name = "a"}, {.name = "b"}, {.name = "c", .weight = 3}});

  EXPECT_TRUE(std::ranges::is_sorted(ring.points(), {}, &ketama::point::value));
  EXPECT_EQ(points_by_server(ring), (std::map<std::uint32_t, int>{{0, 96}, {1, 96}, {2, 288}}));
}

TEST(ketama, picks_the_first_point_at_or_after_the_hash) {
  ketama ring;
  ring.rebuild(std::vector<place>{{.name = "a"}, {.name = "b"}});
  const auto points = ring.points();

  for (std::size_t at = 1; at < points.size(); ++at) {
    EXPECT_EQ(ring.pick(points[at].value), points[at].server);
    EXPECT_EQ(ring.pick(points[at - 1].value + 1), points[at].server);
  }
}

TEST(ketama, goes_round_to_the_first_point) {
  ketama ring;
  ring.rebuild(std::vector<place>{{.name = "a"}, {.name = "b"}});
  const auto points = ring.points();

  EXPECT_EQ(ring.pick(0), points.front().server);
  EXPECT_EQ(ring.pick(points.back().value + 1), points.front().server);
  EXPECT_EQ(ring.pick(0xffffffff), points.front().server);
}

TEST(ketama, gives_equal_points_to_the_server_that_comes_first) {
  ketama ring;
  ring.rebuild(std::vector<place>{{.name = "same"}, {.name = "same"}});

  for (const ketama::point& point : ring.points())
    EXPECT_EQ(ring.pick(point.value), 0U);
}

TEST(ketama, counts_shares_among_the_live_only) {
  ketama ring;
  ring.rebuild(std::vector<place>{
      {.name = "a"}, {.name = "b", .weight = 100, .live = false}, {.name = "c"}});

  EXPECT_EQ(points_by_server(ring), (std::map<std::uint32_t, int>{{0, 160}, {2, 160}}));
}

TEST(ketama, moves_only_the_keys_of_a_server_that_leaves) {
  const std::vector<place> all{{.name = "a"}, {.name = "b"}, {.name = "c"}};
  ketama before, after;
  before.rebuild(all);
  auto without_b = all;
  without_b[1].live = false;
  after.rebuild(without_b);

  for (std::uint32_t key = 0; key < 10000; ++key) {
    const std::uint32_t hash = key * 429496;
    if (before.pick(hash) == 1) continue;
    EXPECT_EQ(after.pick(hash), before.pick(hash));
  }
}

TEST(ketama, cuts_long_names_as_twemproxys_buffer_does) {
  const std::string at_limit(272 - 2, 'n');
  const std::string beyond = at_limit + "nnn";
  ketama ring;
  ring.rebuild(std::vector<place>{{.name = at_limit}, {.name = beyond}});

  EXPECT_TRUE(has_point(ring, md5_of(at_limit + "-9").word(0), 0));
  EXPECT_FALSE(has_point(ring, md5_of(at_limit + "-10").word(0), 0));
  EXPECT_EQ(
      std::ranges::count(ring.points(), ketama::point{md5_of(beyond.substr(0, 272)).word(0), 1}),
      40);
}

}  // namespace
}  // namespace dovetail
