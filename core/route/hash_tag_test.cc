#include "route/hash_tag.h"

#include <string_view>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(hash_tag, is_what_stands_between_the_two_characters) {
  EXPECT_EQ(tagged_part("user:{7}:name", "{}"), "7");
  EXPECT_EQ(tagged_part("{7}", "{}"), "7");
  EXPECT_EQ(tagged_part("{a}{b}", "{}"), "a");
}

TEST(hash_tag, leaves_a_key_whole_without_a_tag) {
  EXPECT_EQ(tagged_part("user:{7}", ""), "user:{7}");
  EXPECT_EQ(tagged_part("", "{}"), "");
}

TEST(hash_tag, leaves_a_key_whole_that_lacks_either_character) {
  EXPECT_EQ(tagged_part("a", "{}"), "a");
  EXPECT_EQ(tagged_part("{a", "{}"), "{a");
  EXPECT_EQ(tagged_part("a}", "{}"), "a}");
  EXPECT_EQ(tagged_part("a{", "{}"), "a{");
}

TEST(hash_tag, leaves_a_key_whole_if_nothing_is_between) {
  EXPECT_EQ(tagged_part("{}a", "{}"), "{}a");
  EXPECT_EQ(tagged_part("{}{a}", "{}"), "{}{a}");
}

TEST(hash_tag, looks_for_the_second_character_after_the_first) {
  EXPECT_EQ(tagged_part("}a{", "{}"), "}a{");
  EXPECT_EQ(tagged_part("}{a}", "{}"), "a");
}

TEST(hash_tag, opens_at_the_first_and_closes_at_the_nearest) {
  EXPECT_EQ(tagged_part("foo{{bar}}zap", "{}"), "{bar");
}

TEST(hash_tag, may_open_and_close_with_the_same_character) {
  EXPECT_EQ(tagged_part("a$b$c", "$$"), "b");
  EXPECT_EQ(tagged_part("a$b", "$$"), "a$b");
  EXPECT_EQ(tagged_part("$$a$", "$$"), "$$a$");
}

TEST(hash_tag, may_be_any_two_bytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(tagged_part("a\0b\xff"
                        "c"sv,
                        "\0\xff"sv),
            "b");
}

}  // namespace
}  // namespace dovetail
