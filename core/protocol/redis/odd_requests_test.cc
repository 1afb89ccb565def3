// The request parser and the filter against a real redis-server: the same bytes, straight to it and
// through us, are answered alike. What speaks of the proxy itself (AUTH, COMMAND, INFO …) is left
// out.

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/real_redis.h"
#include "protocol/redis/redis.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

struct conversation {
  std::string replies;
  bool closed = false;

  bool operator==(const conversation&) const = default;
};

std::ostream& operator<<(std::ostream& out, const conversation& shown) {
  return out << testing::PrintToString(shown.replies) << (shown.closed ? ", closed" : "");
}

// A proxy of one client and one server, as short as can be.
conversation through_us(std::string_view bytes, redis_connection& server) {
  const auto speaks = make_protocol({});
  const auto parser = speaks->new_request_parser();
  block_pool pool;
  inbox in(pool);
  outbox out(pool);
  session who;
  conversation with;
  deliver(in, bytes, [&] {
    for (request asked; !with.closed;) {
      const parse_status status = parser->parse(in, asked);
      if (status == parse_status::incomplete) return;
      if (status == parse_status::malformed) {
        with.replies += parser->error();
        with.closed = true;
        return;
      }
      std::string answer;
      const verdict what = speaks->filter(asked, who, answer);
      if (what == verdict::forward) {
        speaks->write(asked, out);
        answer = server.ask(drain(out));
      }
      if (!who.muted) with.replies += answer;
      with.closed = what == verdict::hang_up;
      in.consume(asked.consumed);
    }
  });
  return with;
}

const std::string ping = "*1\r\n$4\r\nPING\r\n";

std::vector<std::string> odd_requests() {
  std::vector<std::string> list = {
      // arrays, well formed and tolerated
      ping,
      ping + ping,
      "*0\r\n" + ping,
      "*-1\r\n" + ping,
      "*-7\r\n" + ping,
      "*-9223372036854775808\r\n" + ping,
      "*1\r\n$4\r\nPING\n\n" + ping,
      "*1\rX$4\rYPINGzz" + ping,
      "*1\r\r$4\r\rPING\r\r" + ping,
      "*1\r\n$4\r\nPING\r\nPING\r\n" + ping,
      "\r\n\r\n" + ping,
      "\n" + ping,
      "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
      "*2\r\n$4\r\neChO\r\n$3\r\n\r\n!\r\n",
      "*1\r\n$0\r\n\r\n",
      "*2\r\n$3\r\nGET\r\n$0\r\n\r\n",
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
      // arrays, malformed
      "*01\r\n",
      "*+1\r\n",
      "*-0\r\n",
      "*\r\n",
      "* 1\r\n",
      "*1 \r\n",
      "*x\r\n",
      "*1\n$4\r\n",
      "*2147483648\r\n",
      "*9223372036854775808\r\n",
      "*-9223372036854775809\r\n",
      "*1\r\nPING\r\n",
      "*1\r\n:4\r\n",
      "*1\r\n\r\n\r\n",
      "*1\r\n\n\r\n",
      "*1\r\n*1\r\n",
      "*1\r\n\x80\r\n",
      "*1\r\n$-1\r\n",
      "*1\r\n$04\r\n",
      "*1\r\n$\r\n",
      "*1\r\n$+4\r\n",
      "*1\r\n$ 4\r\n",
      "*1\r\n$4x\r\n",
      "*1\r\n$536870913\r\n",
      "*1\r\n$4294967299\r\n",
      "*1\r\n$18446744073709551617\r\n",
      ping + "*x\r\n" + ping,
      "*1\r\n$3\r\nPING\r\n" + ping,
      std::string(65537, 'a'),
      // arrays, unfinished
      "*",
      "*1\r",
      "*1\r\n$",
      "*1\r\n$4\r\nPIN",
      "*1\r\n$4\r\nPING\r",
      "*2\r\n$4\r\nPING\r\n",
      "*1\r\n$536870912\r\n",
      std::string(65536, 'a'),
  };
  // inline
  for (const char* const line : {"PING",
                                 "ping",
                                 "",
                                 " ",
                                 "\t",
                                 "\rPING",
                                 "PING\r",
                                 "PING a",
                                 "PING a b",
                                 "ECHO",
                                 "ECHO a b",
                                 "  ECHO   a  ",
                                 "ECHO \"a b\"",
                                 "ECHO 'a b'",
                                 "ECHO \"\"",
                                 "ECHO ''",
                                 "\"\"",
                                 "\"PING\"",
                                 "ECHO \"\\x41\\x4a\\x4\"",
                                 "ECHO \"\\n\\r\\t\\b\\a\\q\\\"\"",
                                 "ECHO 'a\\'b\\n'",
                                 "ECHO a\\x41",
                                 "ECHO a\vb",
                                 "ECHO \va",
                                 "ECHO\v\fb",
                                 "ECHO\ta",
                                 "ECHO a\rb",
                                 "ECHO ab\"c d\"",
                                 "ECHO a\"b c\"d",
                                 "ECHO \"a\"b",
                                 "ECHO 'a'b",
                                 "ECHO \"a",
                                 "ECHO 'a",
                                 "ECHO \"a\\",
                                 "ECHO \"a\\\"",
                                 "ECHO \"\\",
                                 "ECHO 'a\\'",
                                 "ECHO \"a\"\t\"b\"",
                                 "ECHO \"\\xff\\x00\\x0a\"",
                                 "foo",
                                 "foo a b",
                                 "foo '' \"a\\r\\nb\\x00c\" d",
                                 "\"f\\x00o\" a",
                                 "\"f\\no\" a",
                                 "get",
                                 "get a b",
                                 "GeT a b",
                                 "mget",
                                 "mset a",
                                 "mset a b c",
                                 "msetnx a b c",
                                 "eval",
                                 "eval s 1",
                                 "eval s x a",
                                 "eval s -1 a",
                                 "eval s 2 a",
                                 "eval 'return 1' 0",
                                 "eval 'return KEYS[1]' 1 a",
                                 "sintercard 0 a",

                                 "sintercard 2 a",
                                 "zunion x a",
                                 "xread streams a b c",
                                 "xread foo streams a b",
                                 "xread streams a 0",
                                 "lmpop 0 a left",
                                 "zmpop 0 a min",
                                 "object",
                                 "object foo",
                                 "object foo bar",
                                 "OBJECT Encoding",
                                 "object encoding a b",
                                 "object help",
                                 "object encoding nokey",
                                 "object encoding a",
                                 "xinfo foo a",
                                 "xinfo stream",
                                 "xgroup create a b",
                                 "memory usage a",
                                 "memory usage",
                                 "memory foo",
                                 "client",
                                 "client foo bar",
                                 "client setname",
                                 "client getname x",
                                 "client setname \"a b\"",
                                 "client setname a\nclient getname",
                                 "client setname ''\nclient getname",
                                 "client info a",
                                 "client list type",
                                 "client list type foo",
                                 "client list type pubsub",
                                 "client list type NORMAL a",
                                 "client list id",
                                 "client list id x",
                                 "client list id 999999999 888888888",
                                 "client list foo",
                                 "client no-evict",
                                 "client no-evict foo",
                                 "client no-evict on",
                                 "client no-evict OFF",
                                 "client reply",
                                 "client reply foo",
                                 "client reply on",
                                 "client reply off\nping\nfoo\nget a\nclient reply on\nping",
                                 "client reply skip\nping\nping",
                                 "client reply skip\nset a b\nget a",
                                 "client reply skip\nfoo\nfoo",
                                 "client reply skip\nclient reply skip\nping\nping",
                                 "client reply skip\nclient reply on\nping",
                                 "client reply skip\nclient reply off\nping\nclient reply on",
                                 "client reply off\nclient reply skip\nping\nclient reply on",
                                 "client reply skip\n\nping",
                                 "client reply off\nreset\nping",
                                 "client reply skip\nreset\nping",
                                 "client reply off\nclient reply foo\nclient reply on",
                                 "scan x",
                                 "scan 0 count 0",
                                 "scan",
                                 "dbsize a",
                                 "keys",
                                 "keys nokey*",
                                 "script load",
                                 "script exists",
                                 "script exists x",
                                 "script flush foo",
                                 "function list foo",
                                 "function delete nolib",
                                 "time a",
                                 "readonly a",
                                 "config",
                                 "config get",
                                 "config foo",
                                 "cluster foo",
                                 "script foo",
                                 "command foo",
                                 "command count a",
                                 "command getkeys",
                                 "command getkeys get",
                                 "command getkeys get a",
                                 "command getkeys foo a",
                                 "command getkeys mset a 1 b 2",
                                 "command getkeys ping a",
                                 "command getkeys getex",
                                 "command list a b c d",
                                 "select 0",
                                 "select -1",
                                 "select 16",
                                 "select a",
                                 "select 99999999999",
                                 "select 99999999999999999999",
                                 "select",
                                 "auth",
                                 "auth a b c",
                                 "hello 4",
                                 "hello 1",
                                 "hello a",
                                 "hello 99999999999999999999",
                                 "hello 2 foo",
                                 "hello 2 setname",
                                 "hello 2 setname 'a b'",
                                 "reset",
                                 "reset a",
                                 "quit",
                                 "quit a b",
                                 "quit\nping",
                                 "echo",
                                 "time a",
                                 "subscribe",
                                 "multi a",
                                 "lolwut version 1",
                                 "set k v nx xx",
                                 "set a b",
                                 "get a",
                                 "type a",
                                 "append a x",
                                 "strlen a",
                                 "getrange a 0 -1",
                                 "sort nolist",
                                 "incr a",
                                 "lpush a b"}) {
    list.push_back(std::string(line) + "\r\n");
  }
  list.push_back(resp({"foo", std::string(200, 'x'), "y"}));
  list.push_back(resp({std::string(200, 'Z'), "xy"}));
  list.push_back(resp({"foo", std::string(60, 'x'), std::string(60, 'y'), std::string(60, 'z')}));
  list.push_back(resp({"foo", std::string("a\0b", 3), "\r\n", "'"}));
  list.push_back(resp({"object", std::string(200, 'x')}));
  list.push_back(resp({"object", std::string("a\0b\r\n", 5)}));
  return list;
}

}  // namespace

TEST(odd_requests, are_answered_as_redis_answers_them) {
  const std::vector<std::string> list = odd_requests();
  ASSERT_GT(list.size(), 200U);
  const real_redis server;
  redis_connection behind_us(server.port());
  for (const std::string& bytes : list) {
    behind_us.ask(resp({"FLUSHALL"}));
    const conversation ours = through_us(bytes, behind_us);
    behind_us.ask(resp({"FLUSHALL"}));
    redis_connection straight(server.port());
    straight.send(bytes);
    conversation theirs;
    theirs.replies = straight.receive_until_quiet(20, theirs.closed);

    EXPECT_EQ(ours, theirs) << testing::PrintToString(bytes.substr(0, 200));
  }
}

// Redis looks at a header when its CR is there, or when too much is there without one.
TEST(odd_requests, are_refused_at_the_byte_that_makes_them_wrong) {
  struct refused {
    std::string bytes;
    std::string ours;
    std::string theirs;
  };
  const std::string count = "-ERR Protocol error: invalid multibulk length\r\n";
  const std::string size = "-ERR Protocol error: invalid bulk length\r\n";
  const real_redis server;
  redis_connection behind_us(server.port());
  for (const refused& each : std::vector<refused>{
           {"*x", count, ""},
           {"*1\r\n$-", size, ""},
           {"*1\r\nP", "-ERR Protocol error: expected '$', got 'P'\r\n", ""},
           {std::string("a\0", 2), "-ERR Protocol error: NUL in inline request\r\n", ""},
           {"*" + std::string(65600, '1'), count,
            "-ERR Protocol error: too big mbulk count string\r\n"},
           {"*1\r\n$" + std::string(65600, '1'), size,
            "-ERR Protocol error: too big bulk count string\r\n"}}) {
    const conversation ours = through_us(each.bytes, behind_us);
    redis_connection straight(server.port());
    straight.send(each.bytes);
    conversation theirs;
    theirs.replies = straight.receive_until_quiet(each.theirs.empty() ? 20 : 2000, theirs.closed);

    EXPECT_EQ(ours, (conversation{.replies = each.ours, .closed = true}));
    EXPECT_EQ(theirs, (conversation{.replies = each.theirs, .closed = !each.theirs.empty()}));
  }
}

}  // namespace dovetail::redis
