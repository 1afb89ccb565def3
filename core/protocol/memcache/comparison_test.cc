// The proxy's reading of requests held against memcached's own: each input goes straight to a real
// memcached, and through our parsers, filter and writer to the same server. What a client receives
// must be the same, except where the table says why it is not.

#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/memcache.h"
#include "protocol/memcache/real_memcached.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

using test::real_connection;
using test::real_memcached;

// Where the way through the proxy differs, `ours` is what its client receives.
struct sample {
  std::string sent;
  std::string why = {};
  std::string ours = {};
};

const std::string bad_format = "CLIENT_ERROR bad command line format\r\n";
const std::string key_250(250, 'k');
const std::string key_251(251, 'k');

const std::string control = "no control byte passes in a key";
const std::string skipped = "the block of a refused request is not taken for a request";
const std::string range = "memcached lets numbers wrap around";
const std::string strict = "numbers are digits";
const std::string own = "the proxy answers this itself";

// A request that could block nothing else: the fence shows that both are in step behind the input.
std::string fenced(const std::string& input) {
  return input + "mn\r\n";
}

std::vector<sample> samples() {
  std::vector<sample> all;
  const auto same = [&](const std::string& sent) { all.push_back({.sent = fenced(sent)}); };
  const auto unfinished = [&](const std::string& sent) { all.push_back({.sent = sent}); };
  const auto differs = [&](const std::string& sent, const std::string& why,
                           const std::string& ours) {
    all.push_back({.sent = fenced(sent), .why = why, .ours = ours + "MN\r\n"});
  };
  const std::string set = "set a 0 0 3\r\nabc\r\nset b 5 0 1\r\nB\r\nset n 0 0 2\r\n10\r\n";

  // Lines and words.
  for (const char* const line : {"",
                                 " ",
                                 "  ",
                                 "a",
                                 "ab",
                                 "get",
                                 "get ",
                                 "gets",
                                 "gat",
                                 "GET a",
                                 "get a",
                                 "get  a",
                                 " get a",
                                 "get a ",
                                 "  gets   a  b  nope a ",
                                 "get\ta",
                                 "set",
                                 "set a",
                                 "set a 0",
                                 "set a 0 0",
                                 "cas a 0 0",
                                 "delete",
                                 "incr",
                                 "incr a",
                                 "decr",
                                 "touch",
                                 "touch a",
                                 "verbosity",
                                 "verbosity 1 2 3",
                                 "verbosity x",
                                 "verbosity 1",
                                 "verbosity 1 2",
                                 "verbosity -1",
                                 "mg",
                                 "ms",
                                 "md",
                                 "ma",
                                 "me",
                                 "ms a",
                                 "mx a",
                                 "mn more",
                                 "foo",
                                 "foo bar",
                                 "Get a",
                                 "quitx",
                                 "misbehave",
                                 "slab",
                                 "getss a"}) {
    same(set + line + "\r\n");
    same(set + line + "\n");
  }
  unfinished("get a");
  unfinished("set a 0 0 3\r\nab");
  unfinished("set a 0 0 3\r\nabc\r");

  // Retrieval.
  same(set + "get a b nope a n\r\ngets a a b\r\ngat 0 b nope a\r\ngats 0 a b\r\n");
  same(set + "get a noreply\r\ngat 0 noreply a\r\n");
  same(set + "gat -1 a\r\nget a\r\ngat x b\r\ngat 1x b\r\n");
  same("get " + key_250 + "\r\n");
  for (const char* const name :
       {"get ", "gets ", "gat 0 ", "delete ", "mg ", "md ", "ma ", "me "}) {
    same(name + key_251 + "\r\n");
  }
  same("get a " + key_251 + " b\r\n");
  same("incr " + key_251 + " 1\r\ntouch " + key_251 + " 1\r\n");
  differs("get a b\r\r\n", control, bad_format);
  differs("get a\rb\r\n", control, bad_format);
  differs("get a\tb\r\n", control, bad_format);
  differs("get a\x7f\r\n", control, bad_format);
  differs(std::string("get a\0b\r\n", 9), control, bad_format);
  differs("gat 0\r\n", "a retrieval without a key has no server to go to", "ERROR\r\n");
  differs("gat x\r\n", "a retrieval without a key has no server to go to", "ERROR\r\n");
  same("get \xc3\xa9\xff\r\n");

  // The attack with an LF in a key is none: the line ends for both.
  differs("get x\nversion\r\n", own, "END\r\nVERSION 1.6.0-dovetail\r\n");

  // Storage.
  for (const char* const request : {"set a 0 0 1\r\nx\r\n",
                                    "set a 0 0 1\nx\r\n",
                                    "set a 0 0 0\r\n\r\n",
                                    "set  a 0  0 1 \r\nx\r\n",
                                    "set a 4294967295 0 1\r\nx\r\n",
                                    "set a 007 0 001\r\nx\r\n",
                                    "set a 0 -1 1\r\nx\r\n",
                                    "set a 0 -0 1\r\nx\r\n",
                                    "set a 0 2147483647 1\r\nx\r\n",
                                    "set a 0 0 1 noreply\r\nx\r\n",
                                    "set a 0 0 1 noreply \r\nx\r\n",
                                    "set a 0 0 1 other\r\nx\r\n",
                                    "set noreply 0 0 1\r\nx\r\n",
                                    "add a 0 0 1\r\nx\r\n",
                                    "add new 0 0 1\r\nx\r\n",
                                    "replace a 0 0 1\r\nx\r\n",
                                    "replace new 0 0 1\r\nx\r\n",
                                    "append a 0 0 1\r\nx\r\n",
                                    "prepend a 0 0 1\r\nx\r\n",
                                    "append new 0 0 1\r\nx\r\n",
                                    "cas a 0 0 1 1\r\nx\r\n",
                                    "cas new 0 0 1 1\r\nx\r\n",
                                    "cas a 0 0 1 18446744073709551615\r\nx\r\n",
                                    "cas a 0 0 1 007\r\nx\r\n",
                                    "cas a 0 0 1 7 noreply\r\nx\r\n",
                                    "cas a 0 0 1 7 other\r\nx\r\n"}) {
    same(set + request + "get a new noreply\r\n");
  }
  same(set + "set a 0 0 20\r\nEND\r\nget b\r\nSTORED\r\n\r\n" + "get a\r\n");
  for (const char* const block : {"x\n", "x\n\n", "xyz\r\n", "xyz\n", "\r\n\r\n", "xy"}) {
    same(set + "set a 0 0 1\r\n" + block + "\r\n");
    same(set + "set a 0 0 1 noreply\r\n" + block + "\r\n");
    same(set + "ms a 1\r\n" + block + "\r\n");
    same(set + "ms a 1 q\r\n" + block + "\r\n");
  }
  for (const char* const bytes :
       {"-1", "x", "3x", "2147483646", "2147483648", "99999999999999999999"}) {
    same(set + "set a 0 0 " + bytes + "\r\nxyz\r\nget a\r\n");
    same(set + "ms a " + bytes + "\r\nxyz\r\nget a\r\n");
  }
  const std::string stored = "STORED\r\nSTORED\r\nSTORED\r\n";
  for (const char* const line :
       {"set a x 0 3", "set a -1 0 3", "set a 0 x 3", "set a 0 0x1 3", "cas a 0 0 3 x",
        "cas a 0 0 3 18446744073709551616", "cas a 0 0 3 -1"}) {
    differs(set + line + "\r\nxyz\r\n", skipped, stored + bad_format);
  }
  differs(set + "set a x 0 3 noreply\r\nxyz\r\n", skipped, stored);
  differs(set + "set a 0 0 3 b c\r\nxyz\r\n", skipped, stored + "ERROR\r\n");
  differs(set + "cas a 0 0 3\r\nxyz\r\n", skipped, stored + "ERROR\r\n");
  differs("set " + key_251 + " 0 0 3\r\nxyz\r\n", skipped, bad_format);
  differs("ms " + key_251 + " 3\r\nxyz\r\n", skipped, bad_format);
  differs("cas a 0 0 10 9999999999999999999999999\r\nget secret\r\n", skipped, bad_format);
  differs("set a 4294967296 0 3\r\nxyz\r\n", range, bad_format);
  differs("set a 0 2147483648 3\r\nxyz\r\n", range, bad_format);
  differs("set a 0 -2147483649 3\r\nxyz\r\n", range, bad_format);
  differs("set a +1 0 3\r\nxyz\r\n", strict, bad_format);
  differs("set a 0 +1 3\r\nxyz\r\n", strict, bad_format);
  differs("set a 0 0 +3\r\nxyz\r\n", strict, bad_format + "ERROR\r\n");
  differs("set a 0\t 0 3\r\nxyz\r\n", strict, bad_format);
  same("set a 0 0 3000000\r\n" + std::string(3000000, 'x') + "\r\n");
  same("set a 0 0 3000000 noreply\r\n" + std::string(3000000, 'x') + "zz");
  same("ms a 3000000 k O1\r\n" + std::string(3000000, 'x') + "\r\n");

  // Counters, deletion, touch.
  for (const char* const line : {"incr n 1",
                                 "incr n 01",
                                 "incr n 18446744073709551615",
                                 "incr n 18446744073709551616",
                                 "incr n -1",
                                 "incr n x",
                                 "incr nope 1",
                                 "incr a 1",
                                 "incr n 1 noreply",
                                 "incr n noreply",
                                 "incr n x noreply",
                                 "incr n 1 other",
                                 "incr n 1 noreply other",
                                 "decr n 3",
                                 "decr n 100",
                                 "decr n 1 noreply",
                                 "delete n",
                                 "delete nope",
                                 "delete n 0",
                                 "delete n 00",
                                 "delete n 1",
                                 "delete n noreply",
                                 "delete n 0 noreply",
                                 "delete n 1 noreply",
                                 "delete n other",
                                 "delete n 0 other",
                                 "delete n 0 noreply other",
                                 "delete noreply",
                                 "touch n 0",
                                 "touch n -1",
                                 "touch nope 0",
                                 "touch n x",
                                 "touch n 0 noreply",
                                 "touch n x noreply",
                                 "touch n noreply",
                                 "touch n 0 other",
                                 "touch n 0 noreply other"}) {
    same(set + line + "\r\nget n\r\n");
  }
  differs("incr n +1\r\n", strict, "CLIENT_ERROR invalid numeric delta argument\r\n");
  differs("touch n 2147483648\r\n", range, "CLIENT_ERROR invalid exptime argument\r\n");

  // Meta commands.
  for (const char* const line : {"mg a",
                                 "mg a v",
                                 "mg a k",
                                 "mg a v k O1",
                                 "mg a s v f k O123 t",
                                 "mg a O",
                                 "mg a q",
                                 "mg a v q",
                                 "mg nope",
                                 "mg nope v k O1",
                                 "mg nope q",
                                 "mg nope v q k",
                                 "mg a z",
                                 "mg a v v",
                                 "mg a O1 O2",
                                 "mg a O1234567890123456789012345678901",
                                 "mg a O12345678901234567890123456789012",
                                 "mg a N",
                                 "mg a Nx",
                                 "mg a N0",
                                 "mg new N30 v",
                                 "mg new N30",
                                 "mg a Tx",
                                 "mg a T-1",
                                 "mg a T0 v",
                                 "mg a R30",
                                 "mg a Cx",
                                 "mg a C1",
                                 "mg a D",
                                 "mg a J",
                                 "mg a Fx",
                                 "mg a M",
                                 "mg a u v",
                                 "mg a I",
                                 "mg  a  v ",
                                 "mg a P1 Labc v",
                                 "mg a -",
                                 "mg a O\xff k",
                                 "mg a c f h k l s t u v C1 D1 F1 I J1 L1 MA N60 O1",
                                 "md a",
                                 "md nope",
                                 "md a q",
                                 "md nope q",
                                 "md nope q k O3",
                                 "md a k O3",
                                 "md a C1",
                                 "md a C1 q k",
                                 "md a I T30",
                                 "md a z",
                                 "md a Cx",
                                 "md a v v",
                                 "md a O12345678901234567890123456789012",
                                 "ma n",
                                 "ma n v",
                                 "ma n q",
                                 "ma n q v",
                                 "ma n q v k O2",
                                 "ma n D5 v k O3",
                                 "ma n MD D100 v",
                                 "ma n M- v",
                                 "ma n M+",
                                 "ma n MI",
                                 "ma n MX",
                                 "ma n Mdecr",
                                 "ma n D-1",
                                 "ma n Dx",
                                 "ma a",
                                 "ma a q",
                                 "ma nope",
                                 "ma nope q",
                                 "ma nope k O3",
                                 "ma nope N0 J5 v",
                                 "ma n C1",
                                 "ma n C1 q k O3",
                                 "me nope",
                                 "me",
                                 "me "}) {
    same(set + line + "\r\nget a n new nope\r\n");
  }
  for (const char* const request : {"ms a 1\r\nx\r\n",
                                    "ms a 01 \r\nx\r\n",
                                    "ms a 1 T0 F5 k O9\r\nx\r\n",
                                    "ms a 1 q\r\nx\r\n",
                                    "ms a 1 c\r\nx\r\n",
                                    "ms a 1 C1\r\nx\r\n",
                                    "ms a 1 C1 q\r\nx\r\n",
                                    "ms a 1 C1 q k O7\r\nx\r\n",
                                    "ms nope 1 C1 q k O7\r\nx\r\n",
                                    "ms a 1 ME q k O7\r\nx\r\n",
                                    "ms nope 1 MA q k O7\r\nx\r\n",
                                    "ms a 1 MA\r\nx\r\n",
                                    "ms a 1 MP\r\nx\r\n",
                                    "ms a 1 MR\r\nx\r\n",
                                    "ms a 1 MS k O7\r\nx\r\n",
                                    "ms a 1 MX k O7\r\nx\r\n",
                                    "ms a 1 M\r\nx\r\n",
                                    "ms a 1 Mset\r\nx\r\n",
                                    "ms a 1 z\r\nx\r\n",
                                    "ms a 1 k k\r\nx\r\n",
                                    "ms a 1 Tx\r\nx\r\n",
                                    "ms a 1 q Tx\r\nx\r\n",
                                    "ms a 1 Fx\r\nx\r\n",
                                    "ms a 1 F-1\r\nx\r\n",
                                    "ms a 1 C18446744073709551616\r\nx\r\n",
                                    "ms a 1 I C5 q\r\nx\r\n",
                                    "ms a S1\r\nx\r\n",
                                    "ms a 0\r\n\r\n"}) {
    same(set + request + "get a nope\r\n");
  }
  const std::string binary = set + "ms AAr/ 3 b\r\nxyz\r\nms YjY0 2 b\r\nok\r\n";
  for (const char* const line : {"mg AAr/ b v k O1",
                                 "mg YQ== b v k",
                                 "mg b64 v k",
                                 "mg YjY0 v k",
                                 "mg bm9wZQ== b k O2",
                                 "mg bm9wZQ== b k q",
                                 "md AAr/ b k",
                                 "md AAr/ b q k O1",
                                 "md bm9wZQ== b k",
                                 "ma bg== b v k",
                                 "ma bg== b q k",
                                 "ma bm9wZQ== b N0 J7 v k",
                                 "ms YQ== 1 b k\r\nz",
                                 "ms YQ== 1 b q k\r\nz",
                                 "me bm9wZQ== b",
                                 "mg Zm9 b v",
                                 "mg Zm9w== b v",
                                 "mg !!!! b v",
                                 "mg ==== b",
                                 "mg a b",
                                 "ms a 1 b\r\nx",
                                 "md a b",
                                 "ma a b",
                                 "me a b",
                                 "mg YQ== b b",
                                 "mg YQ== b k v q s f"}) {
    same(binary + line + "\r\nget a b64 n nope\r\n");
  }
  differs("mg Zm9= b k\r\n", "base64 has one spelling", "CLIENT_ERROR error decoding key\r\n");
  differs("mg a kx\r\n", "memcached ignores what follows a flag", "CLIENT_ERROR invalid flag\r\n");
  differs("ms a 1 F4294967296\r\nx\r\n", range, bad_format);
  differs("ms a +1\r\nx\r\n", strict, bad_format + "ERROR\r\n");
  differs("mg a T2147483648\r\n", range, "CLIENT_ERROR bad token in command line format\r\n");
  const std::string quiet = "under q a success is a success, whether it made the item or not";
  differs("ma new N0 J5 q v\r\n", quiet, "");
  differs("ma new N0 J5 q\r\n", quiet, "");
  differs("ms a 1 c f h k l s t u v C1 D1 F1 I J1 L1 MA N60\r\nx\r\n", skipped,
          "CLIENT_ERROR options flags are too long\r\n");

  // What is not forwarded.
  for (const char* const line : {"verbosity noreply", "verbosity 1 noreply", "verbosity x noreply",
                                 "verbosity 1 2 noreply", "flush_all 0 0 0", "mn", "mn q"}) {
    same(line + std::string("\r\n"));
  }
  unfinished("get a\r\nquit\r\nget a\r\n");
  unfinished("quit noreply\r\n");
  unfinished("quit more\r\n");
  differs("version\r\n", own, "VERSION 1.6.0-dovetail\r\n");
  for (const char* const line :
       {"flush_all", "flush_all 0", "flush_all 10", "flush_all -1", "flush_all noreply",
        "flush_all 0 noreply", "flush_all x", "flush_all x noreply", "flush_all noreply noreply",
        "flush_all 10 20"}) {
    same(set + line + "\r\nget a\r\n");
  }
  differs("flush_all 2147483648\r\n", range, "CLIENT_ERROR invalid exptime argument\r\n");
  differs("bget a\r\n", "obsolete", "CLIENT_ERROR bget is not supported by this proxy\r\n");
  return all;
}

// What a client of the proxy would receive, with one server behind it.
std::string through(const std::string& input, const real_memcached& server) {
  block_pool pool;
  inbox from_client(pool);
  inbox from_server(pool);
  outbox out(pool);
  const auto memcached =
      make_protocol({.allow_flush = true, .limits = {.message_bytes_max = 1U << 20}});
  const auto requests = memcached->new_request_parser();
  const auto responses = memcached->new_response_parser();
  real_connection connection(server);
  std::string told;

  const auto ask = [&](const request& asked) {
    byte_queue echo;
    const expectation expected = memcached->expect(asked, echo);
    memcached->write(asked, out);
    connection.send(test::drain(out));
    response came;
    while (responses->parse(from_server, came) != parse_status::complete) {
      const std::string more = connection.receive();
      if (more.empty()) {
        ADD_FAILURE() << "no response";
        return;
      }
      test::feed(from_server, more);
    }
    const std::string bytes(from_server.unread().substr(0, came.size));
    from_server.consume(came.size);
    EXPECT_TRUE(from_server.empty()) << "one response to one request";
    EXPECT_TRUE(memcached->plausible(expected, echo.front(echo.size()), came, bytes)) << bytes;
    if (asked.reply_wanted && (expected.silent & came.shape) == 0) {
      told += bytes.substr(came.relayed.offset, came.relayed.size);
    }
  };

  test::feed(from_client, input);
  request asked;
  while (!from_client.empty() && requests->parse(from_client, asked) == parse_status::complete) {
    session who;
    std::string answer;
    const verdict what = memcached->filter(asked, who, answer);
    if (what == verdict::forward) ask(asked);
    told += answer;
    from_client.consume(asked.consumed);
    if (what == verdict::hang_up) break;
  }
  connection.send("mn\r\n");
  EXPECT_EQ(connection.receive_all(), "MN\r\n") << "the server connection is out of step";
  return told;
}

std::string straight(const std::string& input, const real_memcached& server) {
  real_connection connection(server);
  connection.send(input);
  return connection.receive_all();
}

void empty(const real_memcached& server) {
  EXPECT_EQ(straight("flush_all\r\n", server), "OK\r\n");
}

// cas values count up and are never the same.
std::string without_cas(const std::string& reply) {
  static const std::regex unique("(VALUE [^ ]+ [0-9]+ [0-9]+) [0-9]+");
  static const std::regex flag(" c[0-9]+");
  return std::regex_replace(std::regex_replace(reply, unique, "$1 CAS"), flag, " cCAS");
}

TEST(memcache_comparison, a_client_of_the_proxy_sees_what_a_client_of_memcached_sees) {
  const real_memcached server;
  ASSERT_TRUE(real_connection(server).is_open()) << "is memcached installed?";
  const std::vector<sample> all = samples();
  EXPECT_GE(all.size(), 300U);
  for (const sample& each : all) {
    SCOPED_TRACE(testing::PrintToString(each.sent.substr(0, 300)));
    empty(server);
    const std::string theirs = without_cas(straight(each.sent, server));
    empty(server);
    const std::string ours = without_cas(through(each.sent, server));
    if (each.why.empty()) {
      EXPECT_EQ(ours, theirs);
    } else {
      EXPECT_EQ(ours, each.ours) << each.why;
      EXPECT_NE(ours, theirs) << "no longer a difference: " << each.why;
    }
  }
}

}  // namespace
}  // namespace dovetail::memcache
