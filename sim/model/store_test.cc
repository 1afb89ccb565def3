#include "sim/model/store.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

struct value {
  std::string text = {};
  std::optional<unix_ms> expires = {};
};

TEST(store, finds_what_was_put_last) {
  store<value> keys;
  keys.put("a", {.text = "old"});
  keys.put("a", {.text = "new"});

  ASSERT_NE(keys.find("a", 0), nullptr);
  EXPECT_EQ(keys.find("a", 0)->text, "new");
  EXPECT_EQ(keys.find("b", 0), nullptr);
  EXPECT_EQ(keys.size(0), 1U);
}

TEST(store, forgets_a_value_at_its_moment_and_not_before) {
  store<value> keys;
  keys.put("a", {.expires = 1000});

  EXPECT_NE(keys.find("a", 999), nullptr);
  EXPECT_EQ(keys.find("a", 1000), nullptr);
  EXPECT_FALSE(keys.erase("a", 999));
}

TEST(store, erases_only_what_is_still_there) {
  store<value> keys;
  keys.put("gone", {.expires = 10});
  keys.put("there", {});

  EXPECT_FALSE(keys.erase("gone", 10));
  EXPECT_TRUE(keys.erase("there", 10));
  EXPECT_FALSE(keys.erase("there", 10));
}

TEST(store, counts_what_is_still_there) {
  store<value> keys;
  keys.put("soon", {.expires = 10});
  keys.put("later", {.expires = 20});
  keys.put("forever", {});

  EXPECT_EQ(keys.size(9), 3U);
  EXPECT_EQ(keys.size(15), 2U);
  keys.clear();
  EXPECT_EQ(keys.size(15), 0U);
}

}  // namespace
}  // namespace dovetail::sim
