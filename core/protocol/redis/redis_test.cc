#include "protocol/redis/redis.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/request_class.h"
#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "message/split_request.h"
#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/real_redis.h"
#include "protocol/redis/response_parser.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

response parse_reply(std::string_view reply) {
  block_pool pool;
  inbox in(pool);
  response_parser parser(message_limits{});
  response found;
  parse_status status = parse_status::incomplete;
  deliver(in, reply, [&] { status = parser.parse(in, found); });
  EXPECT_EQ(status, parse_status::complete) << reply;
  return found;
}

// Whether `reply` could answer `line`, or its part with so many of its keys.
bool could_answer(std::string_view line, std::string_view reply) {
  const parsed_request asked(resp(words_of(line)));
  byte_queue echo;
  const auto speaks = make_protocol({});
  const expectation expected = speaks->expect(*asked, echo);
  EXPECT_EQ(echo.size(), 0U);
  return speaks->plausible(expected, "", parse_reply(reply), reply);
}

bool could_answer_part(std::string_view line,
                       const std::vector<std::uint32_t>& keys,
                       std::string_view reply) {
  const parsed_request asked(resp(words_of(line)));
  byte_queue echo;
  const auto speaks = make_protocol({});
  return speaks->plausible(speaks->expect_part(*asked, keys, echo), "", parse_reply(reply), reply);
}

}  // namespace

TEST(redis, tells_reads_from_writes) {
  const auto class_of = [](std::string_view line) {
    byte_queue echo;
    return make_protocol({})->expect(*parsed_request(resp(words_of(line))), echo).kind;
  };
  for (const char* line : {"get a", "mget a b", "zdiff 2 a b", "type a"})
    EXPECT_EQ(class_of(line), request_class::read) << line;
  for (const char* line : {"set a b", "del a", "lpop a", "zmpop 1 a min"})
    EXPECT_EQ(class_of(line), request_class::write) << line;
  for (const char* line : {"eval x 1 a", "fcall_ro f 1 a"})
    EXPECT_EQ(class_of(line), request_class::other) << line;
}

TEST(redis, believes_an_error_always) {
  EXPECT_TRUE(could_answer("get a", "-WRONGTYPE no\r\n"));
  EXPECT_TRUE(could_answer_part("mget a b", {0}, "-LOADING\r\n"));
}

TEST(redis, believes_only_shapes_the_command_can_have) {
  EXPECT_TRUE(could_answer("get a", "$1\r\na\r\n"));
  EXPECT_TRUE(could_answer("get a", "$-1\r\n"));
  EXPECT_FALSE(could_answer("get a", ":1\r\n"));
  EXPECT_FALSE(could_answer("get a", "*0\r\n"));
  EXPECT_FALSE(could_answer("get a", "+OK\r\n"));
  EXPECT_TRUE(could_answer("set a b", "+OK\r\n"));
  EXPECT_TRUE(could_answer("set a b nx", "$-1\r\n"));
  EXPECT_FALSE(could_answer("incr a", "$1\r\n1\r\n"));
  EXPECT_FALSE(could_answer("strlen a", "+PONG\r\n"));
  EXPECT_TRUE(could_answer("eval s 0", "*-1\r\n"));
}

TEST(redis, believes_a_value_in_answer_to_set_only_where_get_asks_for_it) {
  EXPECT_FALSE(could_answer("set a b", "$1\r\nc\r\n"));
  EXPECT_FALSE(could_answer("set a b ex 5", "$1\r\nc\r\n"));
  EXPECT_TRUE(could_answer("set a b ex 5 GET", "$1\r\nc\r\n"));
  EXPECT_TRUE(could_answer("set a b get", "$-1\r\n"));
  EXPECT_FALSE(could_answer("set a b get", "+OK\r\n"));
  EXPECT_FALSE(could_answer("set a get", "$1\r\nc\r\n"));
}

TEST(redis, believes_only_elements_the_command_can_have) {
  EXPECT_TRUE(could_answer("mget a b", "*2\r\n$1\r\nx\r\n$-1\r\n"));
  for (const char* const element : {":1\r\n", "+x\r\n", "-ERR inner\r\n", "*0\r\n", "*-1\r\n"}) {
    EXPECT_FALSE(could_answer("mget a b", "*2\r\n$-1\r\n" + std::string(element))) << element;
    EXPECT_FALSE(could_answer_part("mget a b", {0}, "*1\r\n" + std::string(element))) << element;
    EXPECT_FALSE(could_answer("keys *", "*1\r\n" + std::string(element))) << element;
  }
  EXPECT_FALSE(could_answer("keys *", "*1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer("script exists x", "*1\r\n$1\r\n1\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$1\r\n0\r\n*-1\r\n"));
  EXPECT_TRUE(could_answer("eval s 0", "*2\r\n:1\r\n*1\r\n$-1\r\n"));
}

TEST(redis, believes_only_arrays_of_the_right_length) {
  EXPECT_TRUE(could_answer("mget a b", "*2\r\n$-1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer("mget a b", "*1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer("mget a b", "*3\r\n$-1\r\n$-1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer("mget a b", "*-1\r\n"));
  EXPECT_TRUE(could_answer("hmget a f g h", "*3\r\n$-1\r\n$-1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer("hmget a f g h", "*2\r\n$-1\r\n$-1\r\n"));
  EXPECT_TRUE(could_answer("hscan a 0", "*2\r\n$1\r\n0\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("hscan a 0", "*1\r\n$1\r\n0\r\n"));
  EXPECT_TRUE(could_answer_part("mget a b c", {0, 2}, "*2\r\n$-1\r\n$-1\r\n"));
  EXPECT_FALSE(could_answer_part("mget a b c", {0, 2}, "*3\r\n$-1\r\n$-1\r\n$-1\r\n"));
}

TEST(redis, believes_no_more_keys_than_it_asked_about) {
  EXPECT_TRUE(could_answer("del a b", ":2\r\n"));
  EXPECT_FALSE(could_answer("del a b", ":3\r\n"));
  EXPECT_FALSE(could_answer("exists a", ":-1\r\n"));
  EXPECT_TRUE(could_answer("incr a", ":1000\r\n"));
  EXPECT_TRUE(could_answer_part("unlink a b c", {1}, ":1\r\n"));
  EXPECT_FALSE(could_answer_part("unlink a b c", {1}, ":2\r\n"));
  EXPECT_TRUE(could_answer_part("mset a 1 b 2", {1}, "+OK\r\n"));
  EXPECT_FALSE(could_answer_part("mset a 1 b 2", {1}, ":1\r\n"));
}

TEST(redis, believes_only_pages_that_have_a_cursor) {
  EXPECT_TRUE(could_answer("scan 0", "*2\r\n$1\r\n0\r\n*0\r\n"));
  EXPECT_TRUE(could_answer("scan 0", "*2\r\n$20\r\n18446744073709551615\r\n*1\r\n$1\r\na\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$20\r\n18446744073709551616\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$2\r\n-1\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$0\r\n\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$-1\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n:0\r\n*0\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*2\r\n$1\r\n0\r\n$1\r\na\r\n"));
  EXPECT_FALSE(could_answer("scan 0", "*3\r\n$1\r\n0\r\n*0\r\n*0\r\n"));
}

TEST(redis, asks_every_server_what_concerns_them_all) {
  const auto speaks = make_protocol({.password = {}, .servers = {"s1", "s2", "s3"}, .limits = {}});
  for (const char* const line :
       {"dbsize", "keys *", "flushall", "flushdb", "script load x", "SCRIPT EXISTS x y",
        "script flush", "function load x", "function delete x", "function flush"}) {
    const server_range all = speaks->audience(*parsed_request(resp(words_of(line))));
    EXPECT_EQ(all.first, 0U) << line;
    EXPECT_EQ(all.end, 3U) << line;
  }
  for (const char* const line : {"get a", "mget a b", "eval x 0", "fcall f 0", "function list"}) {
    EXPECT_TRUE(speaks->audience(*parsed_request(resp(words_of(line)))).empty()) << line;
  }
}

TEST(redis, divides_only_what_can_be_joined) {
  const auto speaks = make_protocol({});
  for (const char* const line :
       {"mget a b", "mset a 1 b 2", "del a b", "unlink a b", "touch a b", "exists a b"}) {
    const parsed_request asked(resp(words_of(line)));
    split_request plan;
    EXPECT_TRUE(speaks->splits(*asked)) << line;
    speaks->plan_join(*asked, plan);
    EXPECT_NE(plan.join, nullptr) << line;
  }
  for (const char* const line : {"get a", "msetnx a 1 b 2", "rename a b", "sinter a b",
                                 "pfcount a b", "eval s 2 a b", "foo a"}) {
    EXPECT_FALSE(speaks->splits(*parsed_request(resp(words_of(line))))) << line;
  }
  EXPECT_EQ(speaks->crossing_refusal(),
            "-CROSSSLOT Keys in request don't hash to the same slot "
            "(this proxy: use a hash_tag, or on_cross_slot: first_key)\r\n");
}

TEST(redis, refuses_in_one_line) {
  std::string out = "+OK\r\n";
  make_protocol({})->refuse("Connection\r\nrefused", out);

  EXPECT_EQ(out, "+OK\r\n-ERR Connection  refused\r\n");
}

TEST(redis, greets_a_server_with_password_and_database_in_that_order) {
  using testing::ElementsAre;

  EXPECT_THAT(make_protocol({})->greeting(), ElementsAre());
  EXPECT_THAT(make_protocol({.password = "a b", .database = 12, .limits = {}})->greeting(),
              ElementsAre(resp({"AUTH", "a b"}), resp({"SELECT", "12"})));
  EXPECT_THAT(
      make_protocol({.password = "a b", .database = 0, .user = "me", .limits = {}})->greeting(),
      ElementsAre(resp({"AUTH", "me", "a b"})));
  EXPECT_THAT(make_protocol({.password = "", .database = 1, .limits = {}})->greeting(),
              ElementsAre(resp({"SELECT", "1"})));
}

TEST(redis, is_let_in_by_a_server_with_a_password) {
  const real_redis server({"--requirepass", "a b"});
  redis_connection to(server.port());
  const auto speaks = make_protocol({.password = "a b", .database = 3, .limits = {}});
  for (const std::string& line : speaks->greeting())
    EXPECT_EQ(to.ask(line), "+OK\r\n");

  EXPECT_THAT(to.ask("CLIENT INFO\r\n"), testing::HasSubstr(" db=3 "));
}

// One line for each way a served command can answer, in an order that makes it so.
TEST(redis, finds_every_reply_of_a_real_server_plausible) {
  const real_redis server;
  redis_connection to(server.port());
  std::set<std::string_view> answered;
  for (const char* const line :
       {// strings
        "set s 1", "set s 2 nx", "set s 3 get", "set nokey2 x xx get", "set s2 v get", "get s",
        "get none", "append s 4", "strlen s", "incr s", "decr s", "incrby s 5", "decrby s 5",
        "incrbyfloat s 0.5", "getrange s 0 -1", "getrange none 0 1", "substr s 0 1",
        "setrange s 0 x", "setnx s 1", "setex e 100 v", "psetex e 10000 v", "getset s x",
        "getset new x", "getdel new", "getdel new", "getex s ex 100", "getex none", "mset a 1 b 2",
        "msetnx a 1", "mget a none b a", "setbit bits 7 1", "getbit bits 7", "bitcount bits",
        "bitpos bits 1", "bitop and d bits bits", "bitfield bits get u4 0",
        "bitfield bits overflow fail set u8 0 9999", "bitfield_ro bits get u4 0", "lcs a b",
        "lcs a b len", "lcs a b idx",
        // keys
        "exists a b none", "touch a none", "type a", "type none", "ttl a", "pttl none",
        "expire a 100", "pexpire a 100000", "expireat a 9999999999", "pexpireat a 9999999999999",
        "expiretime a", "pexpiretime none", "persist a", "rename b c", "renamenx c b",
        "rename none x", "copy a a2", "copy none x", "dump a", "dump none", "object encoding a",
        "object encoding none", "object refcount a", "object idletime a", "object freq a",
        "object help", "memory usage a", "memory usage none", "memory help", "del a none",
        "unlink b none", "restore r 0 bad",
        // hashes
        "hset h f 1 g 2", "hsetnx h f 2", "hmset h i 3", "hget h f", "hget h none",
        "hmget h f none", "hmget none f g", "hgetall h", "hgetall none", "hkeys h", "hvals h",
        "hlen h", "hexists h f", "hstrlen h f", "hincrby h f 1", "hincrbyfloat h f 0.5",
        "hrandfield h", "hrandfield none", "hrandfield h 2", "hrandfield none 2",
        "hrandfield h 2 withvalues", "hscan h 0", "hscan none 0", "hdel h f",
        // lists
        "rpush l 3 1 2 2", "lpush l 0", "lpushx none 1", "rpushx l 9", "llen l", "lindex l 0",
        "lindex l 99", "lrange l 0 -1", "lrange none 0 -1", "linsert l before 1 x", "lset l 0 0",
        "lrem l 1 x", "ltrim l 0 10", "lpos l 2", "lpos l none", "lpos l 2 count 0",
        "lpos none x count 0", "lpop l", "lpop none", "lpop l 1", "lpop none 1", "lpop l 0",
        "rpop l", "rpop none", "rpop l 1", "rpop none 1", "rpoplpush l l2", "rpoplpush none l2",
        "lmove l l2 left right", "lmove none l2 left left", "lmpop 1 l left", "lmpop 1 none left",
        "rpush l 3 1 2", "sort l", "sort l by nosort get # limit 0 1", "sort l store sorted",
        "sort none", "sort_ro l",
        // sets
        "sadd t a b c", "srem t c", "scard t", "sismember t a", "smismember t a x",
        "smismember none a x", "smembers t", "smembers none", "srandmember t", "srandmember none",
        "srandmember t 2", "srandmember none 2", "sinter t none", "sunion t none", "sdiff t none",
        "sintercard 1 t", "sinterstore d t t", "sunionstore d t t", "sdiffstore d t none",
        "smove t t2 a", "spop t", "spop none", "spop t 1", "spop none 1", "sscan t2 0",
        "sscan none 0",
        // sorted sets
        "zadd z 1 a 2 b 3 c", "zadd z incr 1 a", "zadd z nx incr 1 a", "zscore z a",
        "zscore z none", "zmscore z a none", "zmscore none a", "zcard z", "zcount z -inf +inf",
        "zlexcount z - +", "zincrby z 1 a", "zrank z a", "zrank z none", "zrevrank z a",
        "zrevrank none a", "zrange z 0 -1", "zrange z 0 -1 withscores", "zrange none 0 -1",
        "zrangebyscore z 0 9", "zrangebylex z - +", "zrevrange z 0 -1", "zrevrangebyscore z 9 0",
        "zrevrangebylex z + -", "zrangestore zd z 0 -1", "zrandmember z", "zrandmember none",
        "zrandmember z 2", "zrandmember none 2", "zunion 1 z", "zinter 1 z withscores", "zdiff 1 z",
        "zintercard 1 z", "zunionstore zd 1 z", "zinterstore zd 1 z", "zdiffstore zd 1 z",
        "zscan z 0", "zscan none 0", "zpopmin z", "zpopmin none", "zpopmax z 1", "zmpop 1 z min",
        "zmpop 1 none min", "zadd z 1 a 2 b", "zrem z a", "zremrangebyrank z 0 0",
        "zremrangebyscore z 0 1", "zremrangebylex z - +",
        // geo, hyperloglog
        "geoadd g 13.3 38.1 p 15.0 37.5 q", "geodist g p q", "geodist g p none", "geohash g p none",
        "geopos g p none", "geopos none p", "geosearch g fromlonlat 15 37 byradius 200 km",
        "geosearch none fromlonlat 15 37 byradius 200 km",
        "geosearchstore gd g fromlonlat 15 37 byradius 200 km", "georadius g 15 37 200 km",
        "georadius none 15 37 200 km", "georadius g 15 37 200 km store gd",
        "georadius_ro g 15 37 200 km withdist", "georadiusbymember g p 200 km",
        "georadiusbymember g p 200 km storedist gd", "georadiusbymember_ro g p 200 km", "pfadd p a",
        "pfcount p none", "pfmerge pd p",
        // streams
        "xadd x 1-1 f v", "xadd none nomkstream * f v", "xadd x 2-1 f v", "xlen x", "xrange x - +",
        "xrange none - +", "xrevrange x + -", "xread streams x 0", "xread streams x 9",
        "xgroup create x g 0", "xgroup createconsumer x g c", "xreadgroup group g c streams x >",
        "xreadgroup group g c streams x >", "xpending x g", "xpending x g - + 10",
        "xclaim x g c2 0 1-1", "xclaim x g c2 0 1-1 justid", "xautoclaim x g c3 0 0",
        "xack x g 1-1", "xinfo stream x", "xinfo stream x full", "xinfo groups x",
        "xinfo consumers x g", "xinfo help", "xgroup setid x g 0", "xgroup delconsumer x g c",
        "xgroup destroy x g", "xgroup help", "xsetid x 5-1", "xdel x 1-1", "xtrim x maxlen 0",
        // scripts and the rest
        "dbsize", "keys *", "keys none", "scan 0", "scan 0 match none count 3", "scan 1",
        "scan 0 type hash", "scan x", "script load return(1)", "script exists a b",
        "script exists a", "script flush", "script flush async", "function list",
        "function list withcode", "function delete none", "function flush", "function load x",
        "flushdb async", "flushall sync", "eval return(1) 0", "eval return(nil) 0",
        "eval return{1,{2}} 1 a", "eval return({ok='x'}) 0", "eval return('x') 0",
        "eval return({err='x'}) 0", "eval_ro return(1) 0", "evalsha x 0", "evalsha_ro x 0",
        "fcall f 0", "fcall_ro f 0", "lolwut"}) {
    const std::string reply = to.ask(resp(words_of(line)));

    EXPECT_TRUE(could_answer(line, reply))
        << line << " is answered " << testing::PrintToString(reply);
    answered.insert(commands()[find_command(words_of(line)[0])].name);
  }
  for (const command& row : commands()) {
    EXPECT_TRUE(row.handled != handling::forward || answered.contains(row.name)) << row.name;
  }
}

}  // namespace dovetail::redis
