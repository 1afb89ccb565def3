#include "protocol/memcache/words.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "protocol/memcache/test_support.h"

namespace dovetail::memcache {
namespace {

std::string shortest(std::string_view number) {
  block_pool pool;
  outbox out(pool);
  write_shortest(number, out);
  return test::drain(out);
}

TEST(memcache_words, a_key_has_1_to_250_visible_bytes) {
  EXPECT_TRUE(is_key("a", 250));
  EXPECT_TRUE(is_key(std::string(250, '\xff'), 250));
  EXPECT_FALSE(is_key("", 250));
  EXPECT_FALSE(is_key(std::string(251, 'a'), 250));
  for (const std::string_view bad : {" ", "a b", "a\r", "\n", "a\x7f", "\x1f"}) {
    EXPECT_FALSE(is_key(bad, 250));
  }
  EXPECT_FALSE(is_key(std::string_view("a\0b", 3), 250));
}

TEST(memcache_words, an_exptime_has_32_bits_and_perhaps_a_minus) {
  for (const std::string_view good : {"0", "-0", "-1", "007", "2147483647", "-2147483648"}) {
    EXPECT_TRUE(is_signed_32(good)) << good;
  }
  for (const std::string_view bad :
       {"", "-", "+1", "--1", "2147483648", "-2147483649", "1 ", "x"}) {
    EXPECT_FALSE(is_signed_32(bad)) << bad;
  }
}

TEST(memcache_words, numbers_are_written_in_their_shortest_form) {
  for (const std::string number : {"0", "7", "70", "-1", "-10", "18446744073709551615"}) {
    EXPECT_TRUE(is_shortest(number)) << number;
    EXPECT_EQ(shortest(number), number);
  }
  for (const std::string number : {"00", "07", "-0", "-01"}) {
    EXPECT_FALSE(is_shortest(number)) << number;
  }
  EXPECT_EQ(shortest("000"), "0");
  EXPECT_EQ(shortest("0070"), "70");
  EXPECT_EQ(shortest("-000"), "0");
  EXPECT_EQ(shortest("-0070"), "-70");
}

TEST(memcache_words, words_are_taken_with_the_one_space_before_them) {
  std::string_view rest = " a bc  d";
  EXPECT_EQ(take_word(rest), "a");
  EXPECT_EQ(take_word(rest), "bc");
  EXPECT_EQ(take_word(rest), "");
  EXPECT_EQ(take_word(rest), "d");
  EXPECT_EQ(rest, "");
}

}  // namespace
}  // namespace dovetail::memcache
