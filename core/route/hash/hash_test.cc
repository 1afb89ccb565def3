#include "route/hash/hash.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "route/golden.h"

namespace dovetail {
namespace {

constexpr std::size_t kinds = 12;

std::uint32_t hashed(std::string_view name, std::string_view key) {
  const auto kind = hash_named(name);
  return kind ? hash_of(*kind)(key) : 0;
}

TEST(hash, gives_the_values_in_twemproxys_own_tests) {
  const std::map<std::string_view, std::uint32_t> apple{
      {"one_at_a_time", 2297466611}, {"md5", 3195025439},
      {"crc16", 3662830516},         {"crc32", 10542},
      {"crc32a", 2838417488},        {"fnv1_64", 473199127},
      {"fnv1a_64", 1488911807},      {"fnv1_32", 67176023},
      {"fnv1a_32", 280767167},       {"hsieh", 3738850110},
      {"murmur", 4142305122},        {"jenkins", 1442444624},
  };

  ASSERT_EQ(apple.size(), kinds);
  for (const auto& [name, value] : apple)
    EXPECT_EQ(hashed(name, "apple"), value) << name;
}

TEST(hash, gives_every_recorded_value) {
  const std::string text = read_golden(DOVETAIL_FIXTURES "/placement/hashes.tsv");
  std::vector<std::string_view> names;
  int values = 0;

  for (const std::string_view line : split_at(text, '\n')) {
    const auto fields = split_at(line, '\t');
    if (line.starts_with('#')) continue;
    if (names.empty()) {
      names = fields;
      continue;
    }
    ASSERT_EQ(fields.size(), 1 + kinds);
    const std::string key = bytes_of_hex(fields[0]);
    for (std::size_t at = 1; at < fields.size(); ++at, ++values) {
      const auto expected = parse_unsigned(fields[at], 0xffffffff);
      ASSERT_TRUE(expected);
      ASSERT_EQ(hashed(names[at], key), *expected) << names[at] << " of " << fields[0];
    }
  }

  EXPECT_EQ(values, 329 * 12);
}

TEST(hash, agrees_with_the_published_check_values_where_twemproxy_does) {
  EXPECT_EQ(hashed("crc16", "123456789") & 0xffff, 0x31c3U);  // CRC-16/XMODEM
  EXPECT_EQ(hashed("crc32a", "123456789"), 0xcbf43926U);      // CRC-32
  EXPECT_EQ(hashed("md5", ""), 0xd98c1dd4U);                  // RFC 1321, A.5
  EXPECT_EQ(hashed("fnv1a_32", "foobar"), 0xbf9cf968U);       // draft-eastlake-fnv
  EXPECT_EQ(hashed("fnv1a_64", "foobar"), 0xf73967e8U);       // the same, low half
}

TEST(hash, takes_bytes_above_0x7f_for_negative_as_x86_does) {
  EXPECT_EQ(hashed("fnv1a_32", "\xff"), (2166136261U ^ 0xffffffffU) * 16777619U);
  EXPECT_EQ(hashed("fnv1_32", "\x80"), (2166136261U * 16777619U) ^ 0xffffff80U);
}

TEST(hash, takes_a_zero_byte_for_a_byte) {
  using namespace std::string_view_literals;
  for (const auto name : {"md5", "crc32a", "fnv1a_64", "murmur", "jenkins"}) {
    EXPECT_NE(hashed(name, "a\0b"sv), hashed(name, "a\0c"sv)) << name;
  }
}

TEST(hash, reads_nothing_beyond_the_key) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const hash_function hash = hash_of(static_cast<hash_kind>(kind));
    for (std::size_t size = 0; size < 40; ++size) {
      const std::vector<char> exact(size, 'k');  // on the heap, for the address sanitizer
      const std::string longer = std::string(size, 'k') + "more";
      EXPECT_EQ(hash({exact.data(), size}), hash(std::string_view(longer).substr(0, size)));
    }
  }
}

TEST(hash, is_found_by_the_name_it_gives) {
  for (std::size_t at = 0; at < kinds; ++at) {
    const auto kind = static_cast<hash_kind>(at);
    EXPECT_EQ(hash_named(name_of(kind)), kind);
  }
}

TEST(hash, has_names_in_lower_case_only) {
  EXPECT_EQ(hash_named("MD5"), std::nullopt);
  EXPECT_EQ(hash_named("crc3"), std::nullopt);
  EXPECT_EQ(hash_named(""), std::nullopt);
}

}  // namespace
}  // namespace dovetail
