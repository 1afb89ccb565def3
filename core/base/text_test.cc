#include "base/text.h"

#include <cstdint>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

constexpr std::uint64_t u64_max = std::numeric_limits<std::uint64_t>::max();

TEST(text, parses_unsigned_numbers_up_to_a_bound) {
  EXPECT_EQ(parse_unsigned("0", 10), 0U);
  EXPECT_EQ(parse_unsigned("007", 10), 7U);
  EXPECT_EQ(parse_unsigned("10", 10), 10U);
  EXPECT_EQ(parse_unsigned("11", 10), std::nullopt);
  EXPECT_EQ(parse_unsigned("18446744073709551615", u64_max), u64_max);
  EXPECT_EQ(parse_unsigned("18446744073709551616", u64_max), std::nullopt);
  EXPECT_EQ(parse_unsigned("9999999999999999999999999", u64_max), std::nullopt);
  EXPECT_EQ(parse_unsigned("9", 5), std::nullopt);
}

TEST(text, parses_nothing_but_digits_as_unsigned) {
  for (const char* wrong : {"", "-1", "+1", " 1", "1 ", "0x10", "1e3", "a"}) {
    EXPECT_EQ(parse_unsigned(wrong, u64_max), std::nullopt) << wrong;
  }
}

TEST(text, parses_signed_numbers_as_redis_does) {
  EXPECT_EQ(parse_signed_strict("0"), 0);
  EXPECT_EQ(parse_signed_strict("-1"), -1);
  EXPECT_EQ(parse_signed_strict("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_signed_strict("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* wrong :
       {"", "-", "-0", "01", "+1", "9223372036854775808", "-9223372036854775809", "1 ", "--1"}) {
    EXPECT_EQ(parse_signed_strict(wrong), std::nullopt) << wrong;
  }
}

TEST(text, writes_decimals) {
  EXPECT_EQ(decimal(0).text(), "0");
  EXPECT_EQ(decimal(-42).text(), "-42");
  EXPECT_EQ(decimal(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
  EXPECT_EQ(decimal::of(u64_max).text(), "18446744073709551615");
}

TEST(text, compares_ascii_letters_in_either_case) {
  EXPECT_TRUE(equal_ignoring_case("GeT", "gEt"));
  EXPECT_FALSE(equal_ignoring_case("get", "gets"));
  EXPECT_FALSE(equal_ignoring_case("\xc4", "\xe4"));
}

}  // namespace
}  // namespace dovetail
