#include "protocol/memcache/join.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "buffer/packer.h"
#include "protocol/memcache/request_parser.h"
#include "protocol/memcache/split.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

// A retrieval whose keys are divided: part_of_key[i] is the part of key i.
class divided {
 public:
  divided(std::string_view line, std::vector<std::uint32_t> part_of_key) {
    test::feed(from_, line);
    EXPECT_EQ(parser_.parse(from_, asked_), parse_status::complete);
    EXPECT_EQ(asked_.keys.size(), part_of_key.size());
    plan_.part_of_key = std::move(part_of_key);
    for (const std::uint32_t part : plan_.part_of_key) {
      if (plan_.parts.size() <= part) plan_.parts.resize(part + 1);
    }
    plan_.waiting = plan_.parts.size();
    plan_join(asked_, {}, plan_);
  }

  std::string request_of(std::uint32_t part) {
    std::vector<std::uint32_t> keys;
    for (std::uint32_t at = 0; at < plan_.part_of_key.size(); ++at) {
      if (plan_.part_of_key[at] == part) keys.push_back(at);
    }
    write_part(asked_, keys, out_);
    return test::drain(out_);
  }

  void let_keys_fail_alone() { plan_.by_key = true; }

  divided& answer(std::size_t part, std::string_view reply, bool failed = false) {
    plan_.answer(part, packer_.keep(reply), failed);
    return *this;
  }

  std::string reply() {
    EXPECT_EQ(plan_.waiting, 0U);
    plan_.write(out_);
    return test::drain(out_);
  }

 private:
  block_pool pool_;
  inbox from_{pool_};
  outbox out_{pool_};
  packer packer_{pool_};
  request_parser parser_{message_limits{}};
  request asked_;
  split_request plan_;
};

TEST(memcache_split, each_server_is_asked_for_its_own_keys) {
  divided get("get a b c d\r\n", {0, 1, 0, 2});
  EXPECT_EQ(get.request_of(0), "get a c\r\n");
  EXPECT_EQ(get.request_of(1), "get b\r\n");
  EXPECT_EQ(get.request_of(2), "get d\r\n");

  divided gats("gats 0060 a  b\n", {1, 0});
  EXPECT_EQ(gats.request_of(0), "gats 60 b\r\n");
  EXPECT_EQ(gats.request_of(1), "gats 60 a\r\n");
}

TEST(memcache_split, only_a_retrieval_of_several_keys_is_divided) {
  const auto divides = [](std::string_view line) {
    block_pool pool;
    inbox from(pool);
    request_parser parser{message_limits{}};
    request asked;
    test::feed(from, line);
    EXPECT_EQ(parser.parse(from, asked), parse_status::complete);
    return splits(asked);
  };
  EXPECT_TRUE(divides("get a b\r\n"));
  EXPECT_TRUE(divides("gats 0 a b\r\n"));
  EXPECT_FALSE(divides("get a\r\n"));
  EXPECT_FALSE(divides("gat 0 a\r\n"));
  EXPECT_FALSE(divides("set a 0 0 1\r\nx\r\n"));
}

TEST(memcache_join, puts_values_in_the_order_of_the_clients_keys) {
  divided get("get a b c\r\n", {0, 1, 0});
  get.answer(1, "VALUE b 0 1\r\n2\r\nEND\r\n");
  get.answer(0, "VALUE a 0 1\r\n1\r\nVALUE c 0 1\r\n3\r\nEND\r\n");
  EXPECT_EQ(get.reply(), "VALUE a 0 1\r\n1\r\nVALUE b 0 1\r\n2\r\nVALUE c 0 1\r\n3\r\nEND\r\n");
}

TEST(memcache_join, leaves_misses_out) {
  divided get("get a b c\r\n", {0, 1, 0});
  get.answer(0, "VALUE c 0 1\r\n3\r\nEND\r\n").answer(1, "END\r\n");
  EXPECT_EQ(get.reply(), "VALUE c 0 1\r\n3\r\nEND\r\n");

  divided none("get a b\r\n", {0, 1});
  none.answer(0, "END\r\n").answer(1, "END\r\n");
  EXPECT_EQ(none.reply(), "END\r\n");
}

TEST(memcache_join, keeps_duplicates) {
  divided get("get a b a a\r\n", {0, 1, 0, 0});
  get.answer(0, "VALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n1\r\nEND\r\n");
  get.answer(1, "VALUE b 0 1\r\n2\r\nEND\r\n");
  EXPECT_EQ(
      get.reply(),
      "VALUE a 0 1\r\n1\r\nVALUE b 0 1\r\n2\r\nVALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n1\r\nEND\r\n");
}

TEST(memcache_join, keeps_cas_values_and_any_bytes) {
  divided gets("gets a b\r\n", {1, 0});
  gets.answer(0, "VALUE b 7 5 99\r\nEND\r\n\r\nEND\r\n");
  gets.answer(1, "VALUE a 0 0 18446744073709551615\r\n\r\nEND\r\n");
  EXPECT_EQ(gets.reply(),
            "VALUE a 0 0 18446744073709551615\r\n\r\nVALUE b 7 5 99\r\nEND\r\n\r\nEND\r\n");
}

TEST(memcache_join, an_error_takes_the_place_of_end_where_keys_fail_alone) {
  divided get("get a b c\r\n", {0, 1, 0});
  get.let_keys_fail_alone();
  get.answer(0, "VALUE a 0 1\r\n1\r\nEND\r\n").answer(1, "SERVER_ERROR timed out\r\n", true);
  EXPECT_EQ(get.reply(), "VALUE a 0 1\r\n1\r\nSERVER_ERROR timed out\r\n");
}

TEST(memcache_join, one_error_is_the_whole_reply) {
  divided get("get a b\r\n", {0, 1});
  get.answer(0, "VALUE a 0 1\r\n1\r\nEND\r\n").answer(1, "SERVER_ERROR timed out\r\n", true);
  EXPECT_EQ(get.reply(), "SERVER_ERROR timed out\r\n");
}

TEST(memcache_join, joins_a_hundred_parts) {
  std::string line = "get";
  std::string joined;
  std::vector<std::uint32_t> part_of_key;
  for (std::uint32_t at = 0; at < 100; ++at) {
    line += " " + std::to_string(at);
    joined += "VALUE " + std::to_string(at) + " 0 1\r\nx\r\n";
    part_of_key.push_back(at);
  }
  divided get(line + "\r\n", part_of_key);
  for (std::uint32_t at = 0; at < 100; ++at) {
    get.answer(at, "VALUE " + std::to_string(at) + " 0 1\r\nx\r\nEND\r\n");
  }
  EXPECT_EQ(get.reply(), joined + "END\r\n");
}

// What a client is told when the servers of these names have answered so.
std::string joined(std::string_view line,
                   const std::vector<std::string>& servers,
                   const std::vector<std::string>& replies) {
  block_pool pool;
  inbox from(pool);
  packer keeper(pool);
  request_parser parser{message_limits{}};
  request asked;
  split_request plan;
  test::feed(from, line);
  EXPECT_EQ(parser.parse(from, asked), parse_status::complete);
  for (std::uint32_t at = 0; at < replies.size(); ++at)
    plan.servers.push_back(at);
  plan.parts.resize(replies.size());
  plan.waiting = replies.size();
  plan_join(asked, servers, plan);
  for (std::size_t at = 0; at < replies.size(); ++at)
    plan.answer(at, keeper.keep(replies[at]), false);
  outbox out(pool);
  plan.write(out);
  return test::drain(out);
}

TEST(memcache_join, tells_the_statistics_of_each_server_under_its_name) {
  EXPECT_EQ(joined("stats\r\n", {"one", "h:1"},
                   {"STAT pid 1\r\nSTAT inter \r\nEND\r\n", "STAT version 1 2 3\r\nEND\r\n"}),
            "STAT one/pid 1\r\nSTAT one/inter \r\nSTAT h:1/version 1 2 3\r\nEND\r\n");
  EXPECT_EQ(joined("stats items\r\n", {"one", "two"}, {"END\r\n", "END\r\n"}), "END\r\n");
}

TEST(memcache_join, says_ok_once_for_all_servers) {
  EXPECT_EQ(joined("flush_all 10\r\n", {"one", "two"}, {"OK\r\n", "OK\r\n"}), "OK\r\n");
}

}  // namespace
}  // namespace dovetail::memcache
