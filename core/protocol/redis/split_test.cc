#include "protocol/redis/split.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/outbox.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

std::string written(std::string_view bytes) {
  parsed_request asked(bytes);
  outbox out(asked.pool());
  write_request(*asked, out);
  return drain(out);
}

std::string part(std::string_view bytes, const std::vector<std::uint32_t>& keys) {
  parsed_request asked(bytes);
  outbox out(asked.pool());
  write_request_part(*asked, keys, out);
  return drain(out);
}

}  // namespace

TEST(split, writes_a_canonical_request_as_it_came) {
  const std::string bytes = resp({"gEt", "a"});

  EXPECT_EQ(written(bytes), bytes);
}

TEST(split, writes_a_tolerated_request_anew) {
  EXPECT_EQ(written("*2\rX$3\rYGETzz$1\r\na\n\n"), resp({"GET", "a"}));
  EXPECT_EQ(written("*1\rX$6\r\nLOLWUT\r\n"), resp({"LOLWUT"}));
}

TEST(split, writes_an_inline_request_as_an_array) {
  EXPECT_EQ(written("set a \"b c\"\n"), resp({"set", "a", "b c"}));
}

TEST(split, writes_some_of_the_keys) {
  const std::string bytes = resp({"MGET", "a", "b", "a", ""});

  EXPECT_EQ(part(bytes, {0, 2}), resp({"MGET", "a", "a"}));
  EXPECT_EQ(part(bytes, {1}), resp({"MGET", "b"}));
  EXPECT_EQ(part(bytes, {3}), resp({"MGET", ""}));
  EXPECT_EQ(part(bytes, {0, 1, 2, 3}), bytes);
}

TEST(split, writes_keys_with_their_values) {
  const std::string bytes = resp({"mset", "a", "1", "b", "2\r\n", "c", ""});

  EXPECT_EQ(part(bytes, {1}), resp({"mset", "b", "2\r\n"}));
  EXPECT_EQ(part(bytes, {0, 2}), resp({"mset", "a", "1", "c", ""}));
}

TEST(split, writes_parts_of_requests_that_are_not_canonical) {
  EXPECT_EQ(part("del a 'b c' d\r\n", {1}), resp({"del", "b c"}));
  EXPECT_EQ(part("*3\rX$3\r\nDELzz$1\r\naxx$1\r\nb\r\n", {1}), resp({"DEL", "b"}));
}

TEST(split, shares_large_values) {
  const std::string large(100'000, 'v');
  parsed_request asked(resp({"MSET", "a", large, "b", "2"}));
  outbox out(asked.pool());
  const std::uint64_t allocations = asked.pool().allocations();
  const std::vector<std::uint32_t> keys = {0};
  write_request_part(*asked, keys, out);

  EXPECT_LE(asked.pool().allocations(), allocations + 2);
  EXPECT_EQ(drain(out), resp({"MSET", "a", large}));
}

}  // namespace dovetail::redis
