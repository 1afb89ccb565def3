#include "protocol/redis/commands.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/real_redis.h"
#include "protocol/redis/request_parser.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

// name → the row COMMAND sends for it
std::map<std::string, reply_value> rows_of(const reply_value& command_reply) {
  std::map<std::string, reply_value> rows;
  for (const reply_value& row : command_reply.elements)
    rows[row.elements.at(0).text] = row;
  return rows;
}

std::map<std::string, reply_value> redis_rows(const real_redis& server) {
  redis_connection to(server.port());
  return rows_of(decode(to.ask("*1\r\n$7\r\nCOMMAND\r\n")));
}

bool has_flag(const reply_value& row, std::string_view flag) {
  const auto& flags = row.elements.at(2).elements;
  return std::any_of(flags.begin(), flags.end(),
                     [&](const auto& each) { return each.text == flag; });
}

std::tuple<std::int64_t, std::int64_t, std::int64_t> positions(const reply_value& row) {
  return {row.elements.at(3).number(), row.elements.at(4).number(), row.elements.at(5).number()};
}

std::tuple<std::int64_t, std::int64_t, std::int64_t> positions(const key_rule& rule) {
  return {rule.first, rule.last, rule.step};
}

// Parses `words` as a client would send them.
seen_request parsed(const std::vector<std::string>& words) {
  block_pool pool;
  inbox in(pool);
  request_parser parser(message_limits{});
  seen_request result;
  deliver(in, resp(words), [&] {
    request found;
    if (parser.parse(in, found) == parse_status::complete) result = seen(found);
  });
  return result;
}

}  // namespace

TEST(commands, has_a_row_for_each_command_of_redis_and_no_other) {
  const real_redis server;
  std::set<std::string> of_redis;
  std::set<std::string> ours;
  for (const auto& [name, row] : redis_rows(server))
    of_redis.insert(name);
  for (const command& row : commands().subspan(1))
    ours.emplace(row.name);

  EXPECT_EQ(ours, of_redis);
  EXPECT_EQ(ours.size() + 1, commands().size()) << "a name is there twice";
}

TEST(commands, agrees_with_redis_on_arity_key_positions_and_what_only_reads) {
  const real_redis server;
  const auto of_redis = redis_rows(server);
  for (const command& row : commands().subspan(1)) {
    const reply_value& theirs = of_redis.at(std::string(row.name));
    EXPECT_EQ(row.arity, theirs.elements.at(1).number()) << row.name;
    EXPECT_EQ(positions(reported_keys(row)), positions(theirs)) << row.name;
    EXPECT_EQ(row.container, !theirs.elements.at(9).elements.empty()) << row.name;
    if (row.handled == handling::forward && !row.container) {
      EXPECT_EQ(row.idempotent, has_flag(theirs, "readonly")) << row.name;
    }
  }
}

TEST(commands, agrees_with_redis_on_subcommands) {
  const real_redis server;
  std::map<std::string, std::int64_t> of_redis = {{"client|setinfo", 4},  // redis 7.2
                                                  {"client|no-touch", 3}};
  std::map<std::string, std::int64_t> ours;
  for (const auto& [name, row] : redis_rows(server)) {
    for (const reply_value& sub : row.elements.at(9).elements) {
      of_redis[sub.elements.at(0).text] = sub.elements.at(1).number();
    }
  }
  for (const subcommand& sub : subcommands()) {
    ours[std::string(sub.container) + "|" + std::string(sub.name)] = sub.arity;
  }

  EXPECT_EQ(ours, of_redis);
}

TEST(commands, agrees_with_redis_on_the_keys_of_forwarded_subcommands) {
  const real_redis server;
  for (const auto& [name, row] : redis_rows(server)) {
    const command& ours = commands()[find_command(name)];
    for (const reply_value& sub : row.elements.at(9).elements) {
      const std::string sub_name = sub.elements.at(0).text.substr(name.size() + 1);
      const subcommand* const our_sub = find_subcommand(ours, sub_name);
      ASSERT_NE(our_sub, nullptr) << name << ' ' << sub_name;
      if (our_sub->handled != handling::forward || sub_name == "help") continue;
      EXPECT_EQ(positions(ours.keys), positions(sub)) << name << ' ' << sub_name;
      EXPECT_EQ(ours.idempotent, has_flag(sub, "readonly")) << name << ' ' << sub_name;
    }
  }
}

TEST(commands, finds_a_name_in_any_case_and_nothing_else) {
  for (std::uint16_t at = 1; at < commands().size(); ++at) {
    std::string name(commands()[at].name);
    EXPECT_EQ(find_command(name), at) << name;
    for (char& c : name)
      c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(find_command(name), at) << name;
    EXPECT_EQ(find_command(name + "?"), unknown_command) << name;
    EXPECT_EQ(find_command(name + std::string(1, '\0')), unknown_command) << name;
  }
  EXPECT_EQ(find_command(""), unknown_command);
  EXPECT_EQ(find_command("G\x05T"), unknown_command);
  EXPECT_EQ(find_command(std::string(1 << 20, 'x')), unknown_command);
}

TEST(commands, says_why_it_does_not_support_a_command) {
  for (const command& row : commands().subspan(1)) {
    if (row.handled == handling::unsupported) {
      EXPECT_NE(row.reason, "") << row.name;
    }
  }
  for (const subcommand& sub : subcommands()) {
    const command& row = commands()[find_command(sub.container)];
    if (sub.handled == handling::unsupported && row.handled == handling::forward) {
      const bool only_help = row.name != "memory";
      EXPECT_TRUE(only_help || !row.reason.empty()) << sub.container << ' ' << sub.name;
    }
  }
}

TEST(commands, forwards_nothing_that_blocks_or_changes_the_connection) {
  const real_redis server;
  for (const auto& [name, theirs] : redis_rows(server)) {
    const command& row = commands()[find_command(name)];
    if (row.handled != handling::forward) continue;
    const bool streams = name == "xread" || name == "xreadgroup";  // judged by their arguments
    EXPECT_TRUE(streams || !has_flag(theirs, "blocking")) << name;
    EXPECT_FALSE(has_flag(theirs, "pubsub") || has_flag(theirs, "admin")) << name;
    for (const reply_value& category : theirs.elements.at(6).elements) {
      EXPECT_NE(category.text, "@connection") << name;
      EXPECT_NE(category.text, "@transaction") << name;
    }
  }
}

TEST(keys, are_those_that_redis_finds) {
  const real_redis server;
  redis_connection to(server.port());
  for (const char* const sample : {"get a",
                                   "set a b",
                                   "mget a b c a",
                                   "mset a 1 b 2",
                                   "msetnx a 1 b 2",
                                   "del a b",
                                   "exists a b",
                                   "unlink a",
                                   "touch a b",
                                   "append a b",
                                   "rename a b",
                                   "renamenx a b",
                                   "copy a b REPLACE",
                                   "bitop and d a b c",
                                   "bitop NOT d a",
                                   "lcs a b LEN",
                                   "rpoplpush a b",
                                   "lmove a b left right",
                                   "blmove a b left right 0",
                                   "brpoplpush a b 0",
                                   "blpop a b c 0",
                                   "bzpopmin a b 0",
                                   "smove a b m",
                                   "sdiff a b",
                                   "sdiffstore d a b",
                                   "sinter a",
                                   "sinterstore d a b",
                                   "sunion a b",
                                   "sunionstore d a b",
                                   "sintercard 2 a b",
                                   "sintercard 2 a b LIMIT 1",
                                   "pfcount a b",
                                   "pfmerge d a b",
                                   "zunion 2 a b WEIGHTS 1 2",
                                   "zinter 1 a",
                                   "zdiff 3 a b c",
                                   "zintercard 2 a b",
                                   "zunionstore d 2 a b WEIGHTS 1 2 AGGREGATE max",
                                   "zinterstore d 1 a",
                                   "zdiffstore d 2 a b",
                                   "zrangestore d a 0 -1",
                                   "lmpop 2 a b left",
                                   "zmpop 2 a b min",
                                   "blmpop 0 2 a b left",
                                   "bzmpop 0 2 a b min",
                                   "eval s 2 a b c",
                                   "eval s 0",
                                   "eval s 0 a",
                                   "evalsha s 1 a b",
                                   "eval_ro s 1 a",
                                   "evalsha_ro s 1 a",
                                   "fcall f 2 a b c",
                                   "fcall_ro f 1 a",
                                   "sort a",
                                   "sort a by b get c limit 0 1 desc store d",
                                   "SORT a STORE d STORE e",
                                   "sort a get store",
                                   "sort a BY nosort GET # alpha",
                                   "sort_ro a by b get c",
                                   "georadius a 1 1 1 m",
                                   "georadius a 1 1 1 m store d",
                                   "georadius a 1 1 1 m WITHDIST storedist d",
                                   "georadiusbymember a m 1 m store d",
                                   "georadius_ro a 1 1 1 m",
                                   "geosearchstore d a frommember m byradius 1 m",
                                   "geosearch a frommember m byradius 1 m",
                                   "migrate h 1 k 0 10",
                                   "migrate h 1 '' 0 10 KEYS a b c",
                                   "migrate h 1 '' 0 10 COPY keys a",
                                   "xread streams a 0",
                                   "xread count 2 streams a b 0 0",
                                   "xread block 0 streams a $",
                                   "XREADGROUP GROUP g c STREAMS a b > >",
                                   "xreadgroup group g c count 1 noack streams a >",
                                   "xread streams streams 0",
                                   "xadd a * f v",
                                   "xgroup create a g $",
                                   "xinfo stream a FULL",
                                   "xack a g 1",
                                   "object encoding a",
                                   "memory usage a samples 5",
                                   "watch a b",
                                   "restore-asking a 0 x",
                                   "move a 1",
                                   "expiretime a",
                                   "hset a f v",
                                   "substr a 0 1",
                                   "lpos a x",
                                   "getex a PERSIST",
                                   "set a b KEEPTTL",
                                   "zadd a nx 1 m",
                                   "xautoclaim a g c 0 0"}) {
    const std::vector<std::string> words = words_of(sample);
    std::vector<std::string> question = {"COMMAND", "GETKEYS"};
    question.insert(question.end(), words.begin(), words.end());
    const reply_value reply = decode(to.ask(resp(question)));
    std::multiset<std::string> of_redis;
    for (const reply_value& key : reply.elements)
      of_redis.insert(key.text);
    const seen_request ours = parsed(words);

    EXPECT_EQ(ours.refusal, "") << sample;
    EXPECT_EQ(std::multiset<std::string>(ours.keys.begin(), ours.keys.end()), of_redis)
        << sample << ": redis says " << reply.type << reply.text;
  }
}

TEST(keys, come_in_the_order_they_were_given) {
  EXPECT_THAT(parsed(words_of("zunionstore d 2 a b")).keys, testing::ElementsAre("d", "a", "b"));
  EXPECT_THAT(parsed(words_of("mset a 1 b 2 a 3")).keys, testing::ElementsAre("a", "b", "a"));
}

TEST(keys, refuses_what_cannot_be_told_in_the_words_of_redis) {
  const auto refusal = [](const char* line) { return parsed(words_of(line)).refusal; };

  EXPECT_EQ(refusal("xread count 1 foo bar"), "-ERR syntax error\r\n");
  EXPECT_EQ(refusal("xread count 1 block streams"), "-ERR syntax error\r\n");
  EXPECT_EQ(refusal("xreadgroup group a b c count streams"), "-ERR syntax error\r\n");
  EXPECT_EQ(refusal("xread streams a b c"),
            "-ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be "
            "specified.\r\n");
}

TEST(keys, leaves_a_number_of_keys_that_cannot_be_to_the_server) {
  for (const char* line : {"eval s x a", "eval s 01 a", "eval s -1 a", "eval s 2 a",
                           "zunion 99999999999999999999 a", "sintercard 0 a", "lmpop x a left"}) {
    const seen_request ours = parsed(words_of(line));
    EXPECT_EQ(ours.refusal, "") << line;
    EXPECT_THAT(ours.keys, testing::IsEmpty()) << line;
  }
}

TEST(keys, takes_the_last_of_several_destinations) {
  EXPECT_THAT(parsed(words_of("georadius a 1 1 1 m store d storedist e")).keys,
              testing::ElementsAre("a", "e"));
  EXPECT_THAT(parsed(words_of("sort a store get store d")).keys, testing::ElementsAre("a", "d"));
}

TEST(keys, refuses_nothing_that_redis_serves) {
  EXPECT_EQ(parsed(words_of("eval s 0")).refusal, "");
  EXPECT_THAT(parsed(words_of("object help")).keys, testing::IsEmpty());
  EXPECT_THAT(parsed(words_of("lolwut")).keys, testing::IsEmpty());
}

}  // namespace dovetail::redis
