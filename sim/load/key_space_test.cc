#include "sim/load/key_space.h"

#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"

namespace dovetail::sim::load {
namespace {

TEST(key_space, names_keys_and_knows_them_again) {
  const key_space keys("a:", 1000, 3);

  EXPECT_EQ(keys.name(7), "a:00000007");
  EXPECT_EQ(keys.name_size(), 10);
  EXPECT_EQ(keys.number("a:00000999"), 999);
  for (const auto* const other :
       {"a:00001000", "b:00000007", "a:7", "a:000000070", "a:0000000x", ""})
    EXPECT_FALSE(keys.number(other)) << other;
}

TEST(key_space, gives_a_client_shared_keys_and_its_own_private_ones) {
  for (const std::uint32_t size : {4U, 5U, 7U, 100U, 1001U}) {
    for (const std::uint32_t clients : {1U, 3U, 50U}) {
      const key_space keys("", size, clients);
      random_stream draws(1);
      std::set<key_number> seen;
      for (int i = 0; i < 40'000; ++i) {
        const std::uint32_t client = draws.below(clients);
        const key_number key = keys.pick(client, draws.next());
        ASSERT_LT(key, size);
        if (key_space::is_private(key)) {
          ASSERT_EQ(keys.owner(key), client);
        }
        seen.insert(key);
      }
      EXPECT_EQ(seen.size(), size) << "each is picked, of " << size << " for " << clients;
    }
  }
}

TEST(key_space, counts_private_keys) {
  const key_space keys("", 43, 3);  // 3 7 11 … 39

  EXPECT_EQ(keys.private_keys_of(0), 4);
  EXPECT_EQ(keys.private_keys_of(1), 3);
  EXPECT_EQ(keys.private_keys_of(2), 3);
}

}  // namespace
}  // namespace dovetail::sim::load
