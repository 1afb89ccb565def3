#include "protocol/redis/scan.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "buffer/packer.h"
#include "message/split_request.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

// What a client is given when `server` of `in_pool` has answered so.
std::string given(std::uint32_t server, std::uint32_t in_pool, const std::string& reply) {
  block_pool pool;
  packer keeper(pool);
  split_request split;
  split.join = &join_page;
  split.servers = {server};
  split.servers_in_pool = in_pool;
  split.parts.resize(1);
  split.waiting = 1;
  split.answer(0, keeper.keep(reply), false);
  outbox out(pool);
  split.write(out);
  return drain(out);
}

std::string written(const std::string& bytes, std::uint32_t in_pool) {
  const parsed_request asked(bytes);
  block_pool pool;
  outbox out(pool);
  write_scan(*asked, in_pool, out);
  return drain(out);
}

}  // namespace

TEST(scan, cursor_names_the_server_and_the_place_there) {
  for (const std::uint32_t servers : {1U, 2U, 3U, 1024U, 1025U, 70000U}) {
    for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{1}, most >> 17}) {
      for (const std::uint32_t server : {0U, servers - 1}) {
        const scan_cursor at{.server = server, .of_server = place};
        const auto packed = pack_cursor(at, servers);
        ASSERT_TRUE(packed.has_value());
        EXPECT_EQ(read_cursor(std::to_string(*packed), servers), at);
        EXPECT_EQ(*packed == 0, server == 0 && place == 0);
      }
    }
  }
}

TEST(scan, cursor_of_the_only_server_is_the_servers_own) {
  EXPECT_EQ(pack_cursor({.server = 0, .of_server = most}, 1), most);
  EXPECT_EQ(read_cursor("18446744073709551615", 1), (scan_cursor{.server = 0, .of_server = most}));
}

TEST(scan, cursor_that_does_not_fit_is_not_given) {
  EXPECT_EQ(pack_cursor({.server = 1, .of_server = most >> 10}, 2), (most >> 10 << 10) + 1);
  EXPECT_EQ(pack_cursor({.server = 1, .of_server = (most >> 10) + 1}, 2), std::nullopt);
  EXPECT_EQ(given(1, 2, "*2\r\n$20\r\n18446744073709551615\r\n*0\r\n"),
            "-ERR the cursor of the server does not fit into that of the pool\r\n");
}

TEST(scan, goes_from_page_to_page_and_from_server_to_server) {
  EXPECT_EQ(given(0, 2, "*2\r\n$1\r\n3\r\n*1\r\n$1\r\na\r\n"),
            "*2\r\n$4\r\n3072\r\n*1\r\n$1\r\na\r\n");
  EXPECT_EQ(given(0, 2, "*2\r\n$1\r\n0\r\n*0\r\n"), "*2\r\n$1\r\n1\r\n*0\r\n");
  EXPECT_EQ(given(1, 2, "*2\r\n$1\r\n1\r\n*0\r\n"), "*2\r\n$4\r\n1025\r\n*0\r\n");
  EXPECT_EQ(given(1, 2, "*2\r\n$1\r\n0\r\n*0\r\n"), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST(scan, tells_the_server_its_own_cursor_and_every_option) {
  EXPECT_EQ(written(resp({"SCAN", "3073", "MATCH", "a*", "COUNT", "7", "TYPE", "hash"}), 2),
            resp({"SCAN", "3", "MATCH", "a*", "COUNT", "7", "TYPE", "hash"}));
  EXPECT_EQ(written("scan 1\r\n", 2), resp({"scan", "0"}));
}

}  // namespace dovetail::redis
