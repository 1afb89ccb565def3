#include "protocol/memcache/commands.h"

#include <cstddef>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/memcache/memcache.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/test_support.h"

namespace dovetail::memcache {
namespace {

using test::happens;
using testing::ElementsAre;

TEST(memcache_commands, are_found_by_name) {
  for (std::size_t at = 1; at < commands().size(); ++at) {
    EXPECT_EQ(find_command(commands()[at].name), at) << commands()[at].name;
  }
  EXPECT_EQ(find_command(""), 0);
  EXPECT_EQ(find_command("getx"), 0);
  EXPECT_EQ(find_command("GET"), 0);
  EXPECT_EQ(find_command("zzz"), 0);
}

TEST(memcache_commands, the_table_says_all_that_is_needed) {
  std::set<std::string_view> names;
  for (const command& row : commands()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_LE(row.words_min, row.words_max) << row.name;
    EXPECT_EQ(row.how == handling::unsupported, !row.refusal.empty()) << row.name;
    EXPECT_EQ(row.has_block(), (row.shapes & shape::after_block) != 0) << row.name;
    if (row.how != handling::forward) continue;
    EXPECT_NE(row.shapes, 0U) << row.name;
    EXPECT_NE(row.for_all, row.fields.word_of(field::key) + row.fields.word_of(field::keys) != 0U)
        << row.name;
  }
}

TEST(memcache_commands, those_of_one_server_are_refused_by_name) {
  EXPECT_THAT(happens("flush_all\r\n"), ElementsAre("CLIENT_ERROR flush_all not allowed\r\n"));
  EXPECT_THAT(happens("flush_all 1 2 3\r\n"), ElementsAre("ERROR\r\n"));
  for (const std::string name :
       {"cache_memlimit", "lru", "lru_crawler", "slabs", "watch", "shutdown", "bget"}) {
    EXPECT_THAT(
        happens(name + " some words\r\nmn\r\n"),
        ElementsAre("CLIENT_ERROR " + name + " is not supported by this proxy\r\n", "MN\r\n"));
  }
}

TEST(memcache_commands, flush_all_is_forwarded_where_the_pool_allows_it) {
  const options allowing{.allow_flush = true, .limits = {}};
  EXPECT_THAT(happens("flush_all\r\n", allowing), ElementsAre("forward flush_all\r\n"));
  EXPECT_THAT(happens("flush_all 010 99\r\n", allowing), ElementsAre("forward flush_all 10\r\n"));
  EXPECT_THAT(happens("flush_all noreply\r\n", allowing),
              ElementsAre("forward silently flush_all\r\n"));
  EXPECT_THAT(happens("flush_all 5 noreply\r\n", allowing),
              ElementsAre("forward silently flush_all 5\r\n"));
  EXPECT_THAT(happens("flush_all x\r\n", allowing),
              ElementsAre("CLIENT_ERROR invalid exptime argument\r\n"));
}

TEST(memcache_commands, stats_are_forwarded_where_they_are_told_in_lines_and_change_nothing) {
  for (const std::string line :
       {"stats", "stats items", "stats slabs", "stats sizes", "stats settings", "stats conns"}) {
    EXPECT_THAT(happens(line + "\r\n"), ElementsAre("forward " + line + "\r\n"));
  }
  for (const char* const line : {"stats reset", "stats cachedump 1 0", "stats detail on",
                                 "stats items 1", "stats noreply"}) {
    EXPECT_THAT(happens(line + std::string("\r\n")),
                ElementsAre("CLIENT_ERROR stats of this kind are not supported by this proxy\r\n"));
  }
}

TEST(memcache_commands, those_for_all_servers_go_to_each) {
  const auto memcached = make_protocol({.servers = {"one", "two words"}, .limits = {}});
  block_pool pool;
  inbox from(pool);
  const auto parser = memcached->new_request_parser();
  request found;
  test::feed(from, "stats\r\n");
  ASSERT_EQ(parser->parse(from, found), parse_status::complete);
  EXPECT_EQ(memcached->audience(found).first, 0U);
  EXPECT_EQ(memcached->audience(found).end, 2U);
  split_request plan;
  plan.servers = {0, 1};
  memcached->plan_join(found, plan);
  EXPECT_EQ(plan.key(1), "two_words");
}

TEST(memcache_filter, answers_what_no_server_need_be_asked) {
  EXPECT_THAT(happens("version\r\n"), ElementsAre("VERSION 1.6.0-dovetail\r\n"));
  EXPECT_THAT(happens("version more\r\n"), ElementsAre("VERSION 1.6.0-dovetail\r\n"));
  EXPECT_THAT(happens("mn\r\n"), ElementsAre("MN\r\n"));
  EXPECT_THAT(happens("verbosity 1\r\n"), ElementsAre("OK\r\n"));
  EXPECT_THAT(happens("verbosity 1 noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("verbosity noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("verbosity x\r\n"), ElementsAre("CLIENT_ERROR bad command line format\r\n"));
}

TEST(memcache_filter, hangs_up_at_quit_with_nothing_to_say) {
  EXPECT_THAT(happens("get a\r\nquit\r\nget b\r\n"), ElementsAre("forward get a\r\n", "hang up"));
  EXPECT_THAT(happens("quit noreply\r\n"), ElementsAre("hang up"));
}

TEST(memcache_protocol, refuses_with_a_server_error_and_greets_nobody) {
  const auto memcached = make_protocol({});
  std::string out = "before ";
  memcached->refuse("Connection timed out", out);
  EXPECT_EQ(out, "before SERVER_ERROR Connection timed out\r\n");
  EXPECT_TRUE(memcached->greeting().empty());
}

}  // namespace
}  // namespace dovetail::memcache
