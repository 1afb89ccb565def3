#include "protocol/redis/filter.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/real_redis.h"
#include "protocol/redis/redis.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string noauth = "-NOAUTH Authentication required\r\n";
const std::string invalid_password = "-ERR invalid password\r\n";
const std::string ok = "+OK\r\n";

// A client of a pool.
class client {
 public:
  explicit client(const std::string& password = "")
      : pool_{.password = password, .database = 0, .limits = {}} {
    who_.id = 42;
    who_.authenticated = password.empty();
  }

  explicit client(options pool) : pool_(std::move(pool)) {}

  // What is answered to an inline request; "" when it is forwarded or ignored.
  std::string asks(std::string_view line) { return asks_bytes(std::string(line) + "\r\n"); }
  std::string asks_bytes(std::string_view bytes) {
    const parsed_request asked(bytes);
    std::string answer = "left from before";
    last_ = filter_request(pool_, *asked, who_, answer);
    return answer;
  }
  verdict last() const { return last_; }
  bool forwards(std::string_view line) {
    const std::string answer = asks(line);
    EXPECT_EQ(answer.empty(), last_ == verdict::forward) << line;
    return last_ == verdict::forward;
  }

 private:
  options pool_;
  session who_;
  verdict last_ = verdict::ignore;
};

}  // namespace

TEST(filter, forwards_what_has_a_server) {
  client from;
  for (const char* const line : {"get a",
                                 "SET a b EX 10",
                                 "mget a b",
                                 "mset a 1 b 2",
                                 "del a",
                                 "xadd s * f v",
                                 "rename a b",
                                 "object encoding a",
                                 "OBJECT HELP",
                                 "memory usage a",
                                 "xgroup create s g $",
                                 "xinfo stream s",
                                 "eval s 0",
                                 "eval s 1 a",
                                 "xread streams s 0",
                                 "xread count 1 streams block 0",
                                 "lolwut",
                                 "sort a store b",
                                 "lcs a b",
                                 "expiretime a",
                                 "bitop and d a b",
                                 "fcall f 1 a"}) {
    EXPECT_TRUE(from.forwards(line)) << line;
  }
}

TEST(filter, refuses_a_sort_by_keys_that_others_may_have) {
  options pool{
      .password = "", .database = 0, .servers = {"a", "b"}, .hash_tag = "{}", .limits = {}};
  client of_several(pool);
  for (const char* const line : {"sort l by w_*", "SORT l GET o_*", "sort_ro l get # get o_*",
                                 "sort {t}l by w_*", "sort {t}l get {u}o_*", "sort l get plain"}) {
    EXPECT_THAT(of_several.asks(line), StartsWith("-CROSSSLOT BY and GET")) << line;
  }
  for (const char* const line :
       {"sort l", "sort l by nosort get #", "sort l limit 0 1 desc store m",
        "sort {t}l by {t}w_* get {t}o_*->f get #"}) {
    EXPECT_TRUE(of_several.forwards(line)) << line;
  }
  pool.may_cross = true;
  EXPECT_TRUE(client(pool).forwards("sort l by w_*"));
  pool.may_cross = false;
  pool.servers = {"a"};
  EXPECT_TRUE(client(pool).forwards("sort l by w_*"));
}

TEST(filter, ignores_what_asks_nothing) {
  client from("secret");
  for (const char* const nothing : {"\r\n", "*0\r\n", "*-1\r\n"}) {
    EXPECT_EQ(from.asks_bytes(nothing), "");
    EXPECT_EQ(from.last(), verdict::ignore);
  }
}

TEST(filter, refuses_what_would_block_or_change_a_shared_connection) {
  client from;

  EXPECT_EQ(
      from.asks("blpop a 0"),
      "-ERR BLPOP is not supported by this proxy: it blocks a connection that others share\r\n");
  EXPECT_EQ(from.asks("xread block 0 streams s $"),
            "-ERR XREAD BLOCK is not supported by this proxy: "
            "it blocks a connection that others share\r\n");
  for (const char* const line : {"exec",
                                 "watch a",
                                 "subscribe a",
                                 "psubscribe a",
                                 "ssubscribe a",
                                 "monitor",
                                 "client tracking on",
                                 "client kill a",
                                 "wait 0 0",
                                 "asking",
                                 "brpoplpush a b 0",
                                 "blmpop 0 1 a left",
                                 "xreadgroup group g c count 1 BLOCK 0 streams s >",
                                 "sync",
                                 "replconf a",
                                 "debug sleep 1",
                                 "shutdown",
                                 "config get save",
                                 "script debug yes",
                                 "function stats",
                                 "publish a b",
                                 "swapdb 0 1",
                                 "move a 1",
                                 "migrate h 1 k 0 1",
                                 "memory doctor",
                                 "cluster info",
                                 "acl whoami"}) {
    EXPECT_THAT(from.asks(line), HasSubstr(" is not supported by this proxy: ")) << line;
    EXPECT_EQ(from.last(), verdict::answer) << line;
  }
}

TEST(filter, lets_everything_be_emptied_only_where_the_pool_allows_it) {
  options pool;
  session who;
  std::string answer;
  for (const char* const line : {"flushall", "flushdb async"}) {
    const parsed_request asked(resp(words_of(line)));
    pool.allow_flush = false;
    EXPECT_EQ(filter_request(pool, *asked, who, answer), verdict::answer);
    EXPECT_THAT(answer, testing::MatchesRegex("-ERR FLUSH(ALL|DB) is refused: .*\r\n"));
    pool.allow_flush = true;
    EXPECT_EQ(filter_request(pool, *asked, who, answer), verdict::forward);
  }
}

TEST(filter, refuses_a_cursor_that_no_scan_of_the_pool_gave) {
  options pool;
  pool.servers = {"s1", "s2", "s3"};
  session who;
  std::string answer;
  for (const char* const cursor : {"x", "-1", "+1", "18446744073709551616", "3", "1023", "5123"}) {
    const parsed_request asked(resp({"SCAN", cursor}));
    EXPECT_EQ(filter_request(pool, *asked, who, answer), verdict::answer) << cursor;
    EXPECT_EQ(answer, "-ERR invalid cursor\r\n") << cursor;
  }
  EXPECT_EQ(filter_request(pool, *parsed_request(resp({"SCAN", "5122"})), who, answer),
            verdict::forward);
}

TEST(filter, names_subcommands_it_does_not_support) {
  client from;

  EXPECT_THAT(from.asks("config get save"),
              StartsWith("-ERR CONFIG GET is not supported by this proxy: "));
  EXPECT_EQ(from.asks("config foo"), "-ERR unknown subcommand 'foo'. Try CONFIG HELP.\r\n");
}

TEST(filter, answers_ping_and_echo) {
  client from;

  EXPECT_EQ(from.asks("ping"), "+PONG\r\n");
  EXPECT_EQ(from.asks("PING hello"), "$5\r\nhello\r\n");
  EXPECT_EQ(from.asks("ping a b"), "-ERR wrong number of arguments for 'ping' command\r\n");
  EXPECT_EQ(from.asks("echo ''"), "$0\r\n\r\n");
}

TEST(filter, says_goodbye_and_hangs_up) {
  client from("secret");

  EXPECT_EQ(from.asks("quit"), ok);
  EXPECT_EQ(from.last(), verdict::hang_up);
}

TEST(filter, hangs_up_behind_multi_so_that_nothing_of_a_transaction_is_done) {
  client from;
  EXPECT_EQ(from.asks("multi"),
            "-ERR MULTI is not supported by this proxy: a transaction needs a connection of its "
            "own\r\n");
  EXPECT_EQ(from.last(), verdict::hang_up);
  from.asks("multi a");
  EXPECT_EQ(from.last(), verdict::answer);
}

TEST(filter, wants_the_password_before_anything_else) {
  client from("secret");
  for (const char* const line : {"get a", "ping", "command", "foo", "get", "multi", "info",
                                 "client id", "select 0", "echo a", "config get a"}) {
    EXPECT_EQ(from.asks(line), noauth) << line;
    EXPECT_EQ(from.last(), verdict::answer) << line;
  }
  EXPECT_EQ(from.asks("auth secret"), ok);
  EXPECT_TRUE(from.forwards("get a"));
}

TEST(filter, takes_authentication_back_for_a_wrong_password) {
  client from("secret");
  for (const char* const wrong :
       {"auth wrong", "auth secre", "auth secrett", "auth ''", "auth secretsecret"}) {
    EXPECT_EQ(from.asks("auth secret"), ok);
    EXPECT_EQ(from.asks(wrong), invalid_password) << wrong;
    EXPECT_EQ(from.asks("get a"), noauth) << wrong;
  }
}

TEST(filter, knows_one_user) {
  const std::string wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
  client from("secret");

  EXPECT_EQ(from.asks("auth default secret"), ok);
  EXPECT_TRUE(from.forwards("get a"));
  EXPECT_EQ(from.asks("auth alice secret"), wrong);
  EXPECT_EQ(from.asks("get a"), noauth);
  EXPECT_EQ(from.asks("auth default wrong"), wrong);
}

TEST(filter, refuses_a_password_where_none_is_set) {
  client from;

  EXPECT_EQ(from.asks("auth secret"), "-ERR Client sent AUTH, but no password is set\r\n");
  EXPECT_EQ(from.asks("auth default secret"), "-ERR Client sent AUTH, but no password is set\r\n");
  EXPECT_TRUE(from.forwards("get a"));
}

TEST(filter, has_one_database) {
  client from;

  EXPECT_EQ(from.asks("select 0"), ok);
  EXPECT_EQ(from.asks("select 1"), "-ERR DB index is out of range\r\n");
  client of_third(options{.password = "", .database = 3, .limits = {}});
  EXPECT_EQ(of_third.asks("select 3"), ok) << "it is where all of the pool are";
  EXPECT_EQ(of_third.asks("select 2"), "-ERR DB index is out of range\r\n");
}

TEST(filter, greets_in_resp2_only) {
  client from;
  const std::string portrait =
      "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$5\r\nproto\r\n:2\r\n"
      "$2\r\nid\r\n:42\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
      "$7\r\nmodules\r\n*0\r\n";

  EXPECT_EQ(from.asks("hello"), portrait);
  EXPECT_EQ(from.asks("hello 2 setname me"), portrait);
  EXPECT_EQ(from.asks("client getname"), "$2\r\nme\r\n");
  EXPECT_EQ(from.asks("hello 3"), "-NOPROTO unsupported protocol version\r\n");
  EXPECT_EQ(from.asks("hello 3 auth default x"), "-NOPROTO unsupported protocol version\r\n");
}

TEST(filter, authenticates_in_hello) {
  client from("secret");

  EXPECT_THAT(from.asks("hello 2"), StartsWith("-NOAUTH HELLO must be called"));
  EXPECT_THAT(from.asks("hello 2 auth default wrong"), StartsWith("-WRONGPASS "));
  EXPECT_EQ(from.asks("get a"), noauth);
  EXPECT_THAT(from.asks("hello 2 auth default secret setname me"), StartsWith("*14\r\n"));
  EXPECT_TRUE(from.forwards("get a"));
}

TEST(filter, keeps_what_a_client_says_of_itself) {
  client from;

  EXPECT_EQ(from.asks("client getname"), "$-1\r\n");
  EXPECT_EQ(from.asks("client setname me"), ok);
  EXPECT_EQ(from.asks("client getname"), "$2\r\nme\r\n");
  EXPECT_EQ(from.asks("client id"), ":42\r\n");
  EXPECT_EQ(from.asks("client setinfo LIB-NAME redis-py"), ok);
  EXPECT_EQ(from.asks("client setinfo lib-ver 5.0"), ok);
  EXPECT_EQ(from.asks("client setinfo foo bar"), "-ERR Unrecognized option 'foo'\r\n");
}

TEST(filter, forgets_it_on_reset) {
  client from("secret");
  from.asks("auth secret");
  from.asks("client setname me");

  EXPECT_EQ(from.asks("reset"), "+RESET\r\n");
  EXPECT_EQ(from.asks("get a"), noauth);
  from.asks("auth secret");
  EXPECT_EQ(from.asks("client getname"), "$-1\r\n");
}

TEST(filter, tells_clients_what_they_look_for_in_info) {
  client from;
  for (const char* const line : {"info", "INFO all", "info server default", "info everything"}) {
    const std::string answer = from.asks(line);
    for (const char* const fact :
         {"\r\nredis_version:7.0.0\r\n", "\r\nredis_mode:standalone\r\n", "\r\nloading:0\r\n",
          "\r\nrole:master\r\n", "\r\ncluster_enabled:0\r\n", "\r\npool_servers:0\r\n"}) {
      EXPECT_THAT(answer, HasSubstr(fact)) << line;
    }
    EXPECT_EQ(
        "$" + std::to_string(decode(answer).text.size()) + "\r\n" + decode(answer).text + "\r\n",
        answer);
  }
}

TEST(filter, tells_the_sections_of_info_that_are_asked_for) {
  client from;

  EXPECT_EQ(decode(from.asks("info PERSISTENCE")).text, "# Persistence\r\nloading:0\r\n");
  EXPECT_EQ(decode(from.asks("info cluster persistence nosuch")).text,
            "# Persistence\r\nloading:0\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n");
  EXPECT_EQ(from.asks("info keyspace"), "$0\r\n\r\n");
}

TEST(filter, names_the_pool_and_its_servers_in_info) {
  const options pool{.password = {}, .pool = "alpha", .servers = {"one", "two"}, .limits = {}};
  session who;
  std::string answer;
  filter_request(pool, *parsed_request(resp({"INFO", "dovetail"})), who, answer);

  EXPECT_EQ(decode(answer).text,
            "# Dovetail\r\npool_name:alpha\r\npool_servers:2\r\n"
            "pool_server0:one\r\npool_server1:two\r\n");
}

TEST(filter, shows_a_client_itself_alone) {
  const real_redis server;
  redis_connection to(server.port());
  client from;
  from.asks("client setname me");
  from.asks("client setinfo lib-name lib");
  const std::string own = decode(from.asks("client info")).text;
  const std::string theirs = decode(to.ask("CLIENT INFO\r\n")).text;

  EXPECT_THAT(own,
              testing::MatchesRegex("id=42 .* name=me .* cmd=client.info .* lib-name=lib .*\n"));
  for (std::size_t at = 0; at != std::string::npos; at = theirs.find(' ', at + 1)) {
    const std::string field = theirs.substr(at, theirs.find('=', at) - at + 1);
    EXPECT_THAT(" " + own, HasSubstr(field));
  }
  const std::string listed = decode(from.asks("client list")).text;
  EXPECT_THAT(listed, testing::MatchesRegex("id=42 .* cmd=client.list .*\n"));
  EXPECT_EQ(decode(from.asks("client list type normal")).text, listed);
  EXPECT_EQ(decode(from.asks("client list id 7 42")).text, listed);
  EXPECT_EQ(from.asks("client list id 7"), "$0\r\n\r\n");
}

TEST(filter, hangs_up_at_quit_also_where_nothing_is_to_be_said) {
  options pool;
  session who;
  std::string answer;
  filter_request(pool, *parsed_request(resp({"CLIENT", "REPLY", "OFF"})), who, answer);
  EXPECT_EQ(filter_request(pool, *parsed_request(resp({"QUIT"})), who, answer), verdict::hang_up);
  EXPECT_TRUE(who.muted);
}

TEST(filter, tells_the_time_it_is_given) {
  session who;
  who.now = std::chrono::microseconds(1'700'000'000'000'042);
  std::string answer;
  filter_request({}, *parsed_request(resp({"TIME"})), who, answer);

  EXPECT_EQ(answer, "*2\r\n$10\r\n1700000000\r\n$2\r\n42\r\n");
}

TEST(filter, lets_a_client_choose_where_it_reads_for_all_servers_are_one) {
  client from;

  EXPECT_EQ(from.asks("readonly"), ok);
  EXPECT_EQ(from.asks("readwrite"), ok);
  EXPECT_EQ(from.asks("client no-touch on"), ok);
}

TEST(filter, lists_the_commands_it_serves) {
  client from;
  const reply_value all = decode(from.asks("command"));
  const std::int64_t count = decode(from.asks("command count")).number();

  EXPECT_EQ(static_cast<std::int64_t>(all.elements.size()), count);
  EXPECT_EQ(static_cast<std::int64_t>(decode(from.asks("command list")).elements.size()), count);
  EXPECT_EQ(static_cast<std::int64_t>(decode(from.asks("command info")).elements.size()), count);
  for (const reply_value& row : all.elements) {
    ASSERT_EQ(row.elements.size(), 10U);
    const command& ours = commands()[find_command(row.elements[0].text)];
    EXPECT_NE(ours.handled, handling::unsupported) << row.elements[0].text;
    EXPECT_EQ(row.elements[1].number(), ours.arity);
  }
  EXPECT_EQ(from.asks("command info get nosuch blpop"),
            "*3\r\n*10\r\n$3\r\nget\r\n:2\r\n*1\r\n+readonly\r\n:1\r\n:1\r\n:1\r\n"
            "*0\r\n*0\r\n*0\r\n*0\r\n$-1\r\n$-1\r\n");
  EXPECT_EQ(from.asks("command docs nosuch blpop"), "*0\r\n");
  EXPECT_EQ(from.asks("command getkeys zunionstore d 2 a b"),
            "*3\r\n$1\r\nd\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(from.asks("command getkeys eval s x a"), "*0\r\n");
  EXPECT_EQ(from.asks("command getkeys xread streams a b c"),
            "-ERR Invalid arguments specified for command\r\n");
}

TEST(filter, lets_no_text_end_its_reply_early) {
  client from;
  const std::string answer = from.asks_bytes(resp({"no\r\nsuch", "a\r\n+OK\r\n"}));

  EXPECT_EQ(answer, "-ERR unknown command 'no  such', with args beginning with: 'a  +OK  ' \r\n");
  EXPECT_EQ(from.asks_bytes(resp({"client", "setinfo", "a\r\nb", "c"})),
            "-ERR Unrecognized option 'a  b'\r\n");
  EXPECT_EQ(from.asks_bytes(resp({"hello", "2", "a\r\nb"})),
            "-ERR Syntax error in HELLO option 'a  b'\r\n");
}

}  // namespace dovetail::redis
