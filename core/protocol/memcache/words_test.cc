#include "protocol/memcache/words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
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

// Eight bytes are looked at together: every byte, at every place, before and behind such eight.
TEST(memcache_words, a_control_byte_is_found_wherever_it_is) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t size = 1; size <= 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, '\x80');
        text[at] = static_cast<char>(byte);
        const std::size_t where = is_control(text[at]) ? at : size;
        ASSERT_EQ(find_control(text, 0), where) << byte;
        ASSERT_EQ(find_control(text, at), where) << byte;
        ASSERT_EQ(find_control(text, at + 1), size) << byte;
      }
    }
  }
}

TEST(memcache_words, the_first_of_several_control_bytes_is_found) {
  EXPECT_EQ(find_control("ab\x20\x21\x7f\x20xyz", 0), 2U);
  EXPECT_EQ(find_control("ab\x20\x21\x7f\x20xyz", 3), 4U);
  EXPECT_EQ(find_control("", 0), 0U);
}

TEST(memcache_words, a_number_is_taken_with_the_space_before_it) {
  std::string_view rest = " 007 42x";
  EXPECT_EQ(take_number(rest, 7), 7U);
  EXPECT_EQ(rest, " 42x");
  EXPECT_EQ(take_number(rest, 41), std::nullopt);
  for (const std::string_view wrong : {"", " ", "1", "  1", " -1", " x"}) {
    rest = wrong;
    EXPECT_EQ(take_number(rest, 10), std::nullopt) << wrong;
  }
  rest = " 18446744073709551615";
  EXPECT_EQ(take_number(rest, ~std::uint64_t{0}), ~std::uint64_t{0});
  rest = " 18446744073709551616";
  EXPECT_EQ(take_number(rest, ~std::uint64_t{0}), std::nullopt);
  rest = " 00000000000000000000001 ";
  EXPECT_EQ(take_number(rest, 1), 1U);
  EXPECT_EQ(rest, " ");
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
