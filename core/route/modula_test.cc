#include "route/modula.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "route/distribution.h"

namespace dovetail {
namespace {

std::string picks(modula& of, std::uint32_t hashes) {
  std::string letters;
  for (std::uint32_t hash = 0; hash < hashes; ++hash) {
    letters.push_back(static_cast<char>('A' + of.pick(hash)));
  }
  return letters;
}

TEST(modula, gives_each_server_as_many_remainders_as_it_weighs) {
  modula servers;
  servers.rebuild(std::vector<place>{
      {.name = "a", .weight = 3}, {.name = "b", .weight = 1}, {.name = "c", .weight = 2}});

  EXPECT_EQ(picks(servers, 13), "AAABCCAAABCCA");
}

TEST(modula, leaves_the_ejected_out) {
  modula servers;
  servers.rebuild(std::vector<place>{{.name = "a", .weight = 2},
                                     {.name = "b", .weight = 5, .live = false},
                                     {.name = "c", .weight = 1},
                                     {.name = "d", .weight = 1}});

  EXPECT_EQ(picks(servers, 5), "AACDA");
}

TEST(modula, takes_weights_that_no_list_would_hold) {
  modula servers;
  servers.rebuild(std::vector<place>{{.name = "a", .weight = 4000000000},
                                     {.name = "b", .weight = 1},
                                     {.name = "c", .weight = 4000000000}});

  EXPECT_EQ(servers.pick(3999999999), 0U);
  EXPECT_EQ(servers.pick(4000000000), 1U);
  EXPECT_EQ(servers.pick(4294967295), 2U);
}

}  // namespace
}  // namespace dovetail
