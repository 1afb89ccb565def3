#include "base/slot_table.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "base/token.h"

namespace dovetail {
namespace {

TEST(slot_table, finds_what_was_put_in) {
  slot_table<int> table;
  const token one = table.insert(std::make_unique<int>(1));
  const token two = table.insert(std::make_unique<int>(2));

  EXPECT_EQ(*table.find(one), 1);
  EXPECT_EQ(*table.find(two), 2);
  EXPECT_EQ(table.size(), 2U);
}

TEST(slot_table, does_not_take_a_newcomer_for_the_one_that_left) {
  slot_table<int> table;
  const token left = table.insert(std::make_unique<int>(1));
  table.erase(left);
  const token newcomer = table.insert(std::make_unique<int>(2));

  EXPECT_EQ(newcomer.slot, left.slot);
  EXPECT_EQ(table.find(left), nullptr);
  EXPECT_EQ(*table.find(newcomer), 2);
}

TEST(slot_table, knows_that_the_default_token_names_nothing) {
  slot_table<int> table;
  table.insert(std::make_unique<int>(1));
  EXPECT_EQ(table.find(token{}), nullptr);
  EXPECT_EQ(table.find({.slot = 7, .generation = 1}), nullptr);
}

TEST(slot_table, visits_in_slot_order_and_may_erase_on_the_way) {
  slot_table<int> table;
  for (int at = 0; at < 4; ++at)
    table.insert(std::make_unique<int>(at));
  std::vector<int> seen;
  table.for_each([&](token name, int& value) {
    seen.push_back(value);
    if (value % 2 == 0) table.erase(name);
  });
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(table.size(), 2U);
}

TEST(slot_table, stops_the_process_when_something_is_erased_twice) {
  slot_table<int> table;
  const token name = table.insert(std::make_unique<int>(1));
  table.erase(name);
  EXPECT_DEATH(table.erase(name), "broken promise");
}

}  // namespace
}  // namespace dovetail
