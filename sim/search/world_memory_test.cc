#include "sim/search/world_memory.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/sanitizer.h"

namespace dovetail::sim {
namespace {

TEST(world_memory, is_there_where_no_sanitizer_watches) {
  EXPECT_EQ(world_memory().available(), !is_sanitized);
}

#ifndef DOVETAIL_SANITIZED

class world_memory_test : public ::testing::Test {
 protected:
  auto within(const auto& deed) {
    const world_memory::use here(&memory_);
    return deed();
  }

  world_memory memory_;
};

using names = std::vector<std::string>;

TEST_F(world_memory_test, puts_back_what_was_there) {
  names* const all = within([] { return new names{"a", std::string(100, 'b'), "c"}; });
  world_memory::image then;
  memory_.keep(then);
  within([&] {
    all->erase(all->begin() + 1);
    for (char each = 'd'; each < 'z'; ++each)
      all->emplace_back(2000, each);
  });
  memory_.put_back(then);
  EXPECT_EQ(*all, names({"a", std::string(100, 'b'), "c"}));
  within([&] { all->emplace_back(50, 'e'); });
  EXPECT_EQ(all->back(), std::string(50, 'e'));
  memory_.put_back(then);
  EXPECT_EQ(all->size(), 3U);
}

TEST_F(world_memory_test, takes_again_what_was_freed) {
  world_memory::image before, after;
  within([] { names(10, std::string(300, 'a')); });
  memory_.keep(before);
  for (int again = 0; again < 100; ++again)
    within([] { names(10, std::string(300, 'a')); });
  memory_.keep(after);
  EXPECT_EQ(before.size(), after.size());
}

TEST_F(world_memory_test, is_left_for_what_the_world_calls) {
  std::unique_ptr<std::string> outside;
  world_memory::image before, after;
  memory_.keep(before);
  within([&] {
    const world_memory::use system(nullptr);
    outside = std::make_unique<std::string>(100, 'o');
  });
  memory_.keep(after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(*outside, std::string(100, 'o'));
}

// Memory goes back to where it came from, whoever frees it.
TEST_F(world_memory_test, is_freed_from_anywhere) {
  auto* const inside = within([] { return new std::string(100, 'i'); });
  delete inside;
  auto* const again = within([] { return new std::string(100, 'j'); });
  EXPECT_EQ(inside, again);
  auto* const outside = new std::string(100, 'o');
  within([&] { delete outside; });
}

TEST_F(world_memory_test, is_one_of_many) {
  std::vector<std::unique_ptr<world_memory>> all;
  all.reserve(100);
  for (int each = 0; each < 100; ++each)
    all.push_back(std::make_unique<world_memory>());
  EXPECT_FALSE(all.back()->available());
  all.clear();
  EXPECT_TRUE(world_memory().available());
}

#endif

}  // namespace
}  // namespace dovetail::sim
