// The model redis against Debian's redis-server: the same commands, the same bytes.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "sim/model/redis_reader.h"
#include "sim/model/redis_server.h"
#include "sim/model/testing/parity.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

using testing::answer;

std::string encoded(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

class redis_parity : public ::testing::TestWithParam<std::size_t> {
 protected:
  // One command in the words of redis-cli.
  void both_answer(std::string_view command) {
    SCOPED_TRACE(command);
    both_answer_bytes(encoded(*split_inline(command)));
  }

  void both_answer_bytes(std::string_view bytes) {
    EXPECT_EQ(model_.ask(std::string(bytes) + end_.question, instant()), expected(bytes))
        << bytes.substr(0, 100);
  }

 private:
  // The model is asked the marker too, so that it is asked the same.
  answer expected(std::string_view bytes) {
    answer real = real_.ask(bytes);
    if (!real.closed) real.bytes += end_.answer;
    return real;
  }

  static wall_clock today() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  }

  const testing::marker end_{encoded({"ECHO", "that was all"}), "$12\r\nthat was all\r\n"};
  testing::real_server server_{[](const std::string& port) {
    return std::vector<std::string>{"redis-server", "--port", port,           "--bind", "127.0.0.1",
                                    "--save",       "",       "--appendonly", "no"};
  }};
  testing::real_talk real_{server_.port(), end_};
  redis_server model_server_{{.clock = today(), .databases = 16, .password = {}}};
  testing::model_talk model_{model_server_, GetParam()};
};

// With one key: which of several comes first is each server's own affair.
TEST_P(redis_parity, what_keys_there_are) {
  for (const std::string_view command : {"KEYS *",
                                         "SCAN 0",
                                         "SET one 1",
                                         "KEYS *",
                                         "KEYS o*",
                                         "KEYS *n*e",
                                         "KEYS ?ne",
                                         "KEYS one?",
                                         "KEYS [a-o]n[^x]",
                                         "KEYS [o-a]ne",
                                         "KEYS [^o]ne",
                                         "KEYS \\one",
                                         "KEYS [\\o]ne",
                                         "KEYS on[e",
                                         "KEYS ''",
                                         "KEYS",
                                         "KEYS a b",
                                         "SCAN 0",
                                         "SCAN 0 MATCH o* COUNT 5 TYPE string",
                                         "SCAN 0 MATCH x*",
                                         "SCAN 0 TYPE hash",
                                         "SCAN 0 COUNT 0",
                                         "SCAN 0 COUNT x",
                                         "SCAN 0 COUNT",
                                         "SCAN 0 FOO bar",
                                         "SCAN x",
                                         "SCAN 18446744073709551616",
                                         "SCAN"}) {
    both_answer(command);
  }
}

TEST_P(redis_parity, strings) {
  for (const std::string_view command : {"GET a",
                                         "SET a 1",
                                         "GET a",
                                         "get a",
                                         "GeT a",
                                         "GET",
                                         "GET a b",
                                         "SET a",
                                         "SET a 1 2",
                                         R"(SET "key with blanks" "line\r\nend \x00\xff")",
                                         R"(GET "key with blanks")",
                                         "SET a 2 NX",
                                         "SET b 2 NX",
                                         "SET c 3 XX",
                                         "SET a 3 XX",
                                         "SET a 4 GET",
                                         "GET a",
                                         "SET new 4 GET",
                                         "SET a 5 NX GET",
                                         "SET d 1 XX GET",
                                         "GET d",
                                         "SET a 1 NX XX",
                                         "SET a 1 XX NX",
                                         "SET a 1 EX 100",
                                         "TTL a",
                                         "SET a 2 KEEPTTL",
                                         "TTL a",
                                         "SET a 3",
                                         "TTL a",
                                         "SET a 1 EX",
                                         "SET a 1 EX x",
                                         "SET a 1 EX 0",
                                         "SET a 1 EX -5",
                                         "SET a 1 EX 9223372036854775807",
                                         "SET a 1 PX 9223372036854775807",
                                         "SET a 1 px 100000",
                                         "TTL a",
                                         "SET a 1 EX 10 PX 10",
                                         "SET a 1 EX 10 EX 200",
                                         "TTL a",
                                         "SET a 1 EX 1 KEEPTTL",
                                         "SET a 1 KEEPTTL EX 1",
                                         "SET a 1 PERSIST",
                                         "SET a 1 EXAT 4102444800",
                                         "EXPIRETIME a",
                                         "PEXPIRETIME a",
                                         "SET a 1 PXAT 4102444800123",
                                         "PEXPIRETIME a",
                                         "EXPIRETIME a",
                                         "SET past 1 EXAT 1",
                                         "GET past",
                                         "SETNX a 2",
                                         "SETNX nx 2",
                                         "SETNX nx 3",
                                         "SETEX e 100 v",
                                         "TTL e",
                                         "GET e",
                                         "SETEX e 0 v",
                                         "SETEX e x v",
                                         "PSETEX e 100000 w",
                                         "TTL e",
                                         "PSETEX e -1 w",
                                         "GETSET e x",
                                         "TTL e",
                                         "GETSET fresh x",
                                         "GETDEL fresh",
                                         "GETDEL fresh",
                                         "GETEX e",
                                         "GETEX e EX 100",
                                         "TTL e",
                                         "GETEX e PERSIST",
                                         "TTL e",
                                         "GETEX e EX 0",
                                         "GETEX e PERSIST EX 1",
                                         "GETEX e NX",
                                         "GETEX missing EX 1",
                                         "GETEX missing EX x",
                                         "GETEX e EXAT 1",
                                         "GET e",
                                         "APPEND ap abc",
                                         "APPEND ap def",
                                         "GET ap",
                                         "STRLEN ap",
                                         "STRLEN missing",
                                         "GETRANGE ap 0 2",
                                         "GETRANGE ap -3 -1",
                                         "GETRANGE ap 0 -1",
                                         "GETRANGE ap 5 100",
                                         "GETRANGE ap 6 6",
                                         "GETRANGE ap 3 1",
                                         "GETRANGE ap -1 -3",
                                         "GETRANGE ap -100 1",
                                         "GETRANGE ap 0 -100",
                                         "GETRANGE missing 0 1",
                                         "GETRANGE ap x 1",
                                         "GETRANGE ap 1 x",
                                         "SETRANGE ap 2 XY",
                                         "GET ap",
                                         "SETRANGE ap 8 Z",
                                         "GET ap",
                                         "SETRANGE ap -1 x",
                                         "SETRANGE ap 600000000 x",
                                         "SETRANGE ap x x",
                                         R"(SETRANGE none 3 "")",
                                         "EXISTS none",
                                         R"(SETRANGE ap 1 "")",
                                         "SETRANGE padded 2 x",
                                         "GET padded"}) {
    both_answer(command);
  }
}

TEST_P(redis_parity, counters_and_many_keys) {
  for (const std::string_view command : {"INCR n",
                                         "INCR n",
                                         "DECR n",
                                         "INCRBY n 10",
                                         "INCRBY n -3",
                                         "DECRBY n 4",
                                         "DECRBY n -4",
                                         "INCRBY n x",
                                         "INCRBY n 1.5",
                                         "INCRBY n +1",
                                         "INCRBY n 01",
                                         "SET s abc",
                                         "INCR s",
                                         "SET big 9223372036854775807",
                                         "INCR big",
                                         "DECR big",
                                         "INCR big",
                                         "INCRBY big 1",
                                         "SET small -9223372036854775808",
                                         "DECR small",
                                         "DECRBY n -9223372036854775808",
                                         "DECRBY n 9223372036854775807",
                                         R"(SET blank " 1")",
                                         "INCR blank",
                                         R"(SET empty "")",
                                         "INCR empty",
                                         "SET zeros 007",
                                         "INCR zeros",
                                         "SETEX ttl 100 1",
                                         "INCR ttl",
                                         "TTL ttl",
                                         "MSET a 1 b 2 c 3",
                                         "MGET a b c",
                                         "MGET a missing c a",
                                         "MGET",
                                         "MSET",
                                         "MSET a",
                                         "MSET a 1 b",
                                         "MSETNX a 9 z 9",
                                         "EXISTS z",
                                         "MSETNX y 1 z 2 y 3",
                                         "MGET y z",
                                         "MSETNX y",
                                         "MSETNX y 1 z",
                                         "DEL a b missing",
                                         "DEL a",
                                         "DEL",
                                         "UNLINK c y z c",
                                         "EXISTS n n missing",
                                         "TOUCH n s missing",
                                         "TYPE n",
                                         "TYPE missing",
                                         "EXPIRE n 100",
                                         "TTL n",
                                         "EXPIRE missing 100",
                                         "EXPIRE n x",
                                         "EXPIRE n 9223372036854775807",
                                         "EXPIRE n -9223372036854775808",
                                         "EXPIRE n 100 NX",
                                         "EXPIRE n 200 XX",
                                         "TTL n",
                                         "EXPIRE n 100 GT",
                                         "EXPIRE n 300 GT",
                                         "EXPIRE n 400 LT",
                                         "EXPIRE n 50 LT",
                                         "TTL n",
                                         "EXPIRE n 10 NX XX",
                                         "EXPIRE n 10 GT LT",
                                         "EXPIRE n 10 FOO",
                                         "EXPIRE n 10 XX GT",
                                         "PERSIST n",
                                         "PERSIST n",
                                         "PERSIST missing",
                                         "TTL n",
                                         "TTL missing",
                                         "PTTL missing",
                                         "PTTL n",
                                         "EXPIRE n 100 XX",
                                         "EXPIRE n 100 GT",
                                         "EXPIRE n 100 LT",
                                         "TTL n",
                                         "PEXPIRE n 200000",
                                         "TTL n",
                                         "EXPIREAT n 4102444800",
                                         "EXPIRETIME n",
                                         "PEXPIREAT n 4102444800777",
                                         "PEXPIRETIME n",
                                         "EXPIRETIME missing",
                                         "PEXPIRETIME s",
                                         "EXPIRETIME n",
                                         "EXPIREAT n 1",
                                         "EXISTS n",
                                         "SET n 1",
                                         "EXPIRE n -1",
                                         "GET n",
                                         "SET n 1",
                                         "EXPIRE n 0",
                                         "GET n",
                                         "PEXPIRE s 9223372036854775807",
                                         "DBSIZE",
                                         "SELECT 1",
                                         "DBSIZE",
                                         "SET only_here 1",
                                         "SELECT 0",
                                         "GET only_here",
                                         "SELECT 16",
                                         "SELECT -1",
                                         "SELECT x",
                                         "SELECT 99999999999",
                                         "SELECT",
                                         "FLUSHDB",
                                         "DBSIZE",
                                         "SELECT 1",
                                         "DBSIZE",
                                         "FLUSHALL ASYNC",
                                         "DBSIZE",
                                         "FLUSHALL NOW",
                                         "FLUSHALL SYNC",
                                         "FLUSHALL a b",
                                         "SELECT 0"}) {
    both_answer(command);
  }
}

TEST_P(redis_parity, hashes_and_wrong_types) {
  for (const std::string_view command : {"HSET h f 1",
                                         "HSET h f 2 g 3",
                                         "HSET h f",
                                         "HSET h f 1 g",
                                         "HSET h",
                                         "HGET h f",
                                         "HGET h missing",
                                         "HGET missing f",
                                         "HDEL h g missing",
                                         "HDEL missing f",
                                         "HSET h z 26 y 25 x 24",
                                         "HGETALL h",
                                         "HKEYS h",
                                         "HVALS h",
                                         "HLEN h",
                                         "HDEL h y",
                                         "HSET h y 1 z 2",
                                         "HGETALL h",
                                         "HGETALL missing",
                                         "HKEYS missing",
                                         "HVALS missing",
                                         "HLEN missing",
                                         "HMGET h f z nope z",
                                         "HMGET missing a b",
                                         "HMGET h",
                                         "HMSET h m 1 n 2",
                                         "HMSET h m",
                                         "HMSET h m 1 n",
                                         "HEXISTS h m",
                                         "HEXISTS h nope",
                                         "HEXISTS missing m",
                                         "HINCRBY h m 5",
                                         "HINCRBY h new -5",
                                         "HINCRBY h m x",
                                         "HSET h text abc",
                                         "HINCRBY h text 1",
                                         "HSET h max 9223372036854775807",
                                         "HINCRBY h max 1",
                                         "HINCRBY fresh f 3",
                                         "HGETALL fresh",
                                         "HSETNX h m 1",
                                         "HSETNX h q 1",
                                         "HSETNX h2 q 1",
                                         "HSTRLEN h text",
                                         "HSTRLEN h nope",
                                         "HSTRLEN missing f",
                                         "TYPE h",
                                         "HDEL h2 q",
                                         "EXISTS h2",
                                         "EXPIRE h 100",
                                         "HSET h a 1",
                                         "TTL h",
                                         "GET h",
                                         "SET s 1",
                                         "HGET s f",
                                         "HSET s f 1",
                                         "HDEL s f",
                                         "HGETALL s",
                                         "HMGET s f",
                                         "HLEN s",
                                         "HKEYS s",
                                         "HINCRBY s f 1",
                                         "HINCRBY s f x",
                                         "HSETNX s f 1",
                                         "HSTRLEN s f",
                                         "HEXISTS s f",
                                         "HMSET s f 1",
                                         "APPEND h x",
                                         "STRLEN h",
                                         "GETRANGE h 0 1",
                                         "SETRANGE h 0 x",
                                         R"(SETRANGE h 0 "")",
                                         "INCR h",
                                         "INCRBY h 1",
                                         "GETSET h 1",
                                         "GETDEL h",
                                         "GETEX h",
                                         "SET h 1 GET",
                                         "MGET h s",
                                         "SETNX h 1",
                                         "SET h 1",
                                         "TYPE h",
                                         "TTL h"}) {
    both_answer(command);
  }
}

TEST_P(redis_parity, connections_and_refusals) {
  for (const std::string_view command : {"PING",
                                         "PING hello",
                                         "PING a b",
                                         "ping",
                                         R"(PING "")",
                                         "ECHO hello",
                                         "ECHO",
                                         "ECHO a b",
                                         "AUTH secret",
                                         "AUTH default anything",
                                         "AUTH nobody secret",
                                         "AUTH",
                                         "AUTH a b c",
                                         "NOSUCH",
                                         "NOSUCH a b",
                                         R"(NOSUCH "line\r\nend" 'quote' "")",
                                         R"(NOSUCH "a\x00b" c)",
                                         "COMMAND NOSUCH",
                                         "DBSIZE x",
                                         "TTL",
                                         "TYPE",
                                         "QUIT",
                                         "QUIT now",
                                         "PING"}) {
    both_answer(command);
  }
  both_answer(fmt::format("{:x>200} y", ""));
  both_answer(fmt::format("NOSUCH {:a>79} {:b>72} c", "", ""));
  both_answer(fmt::format("NOSUCH {:a>200} b", ""));
  both_answer(R"("" a)");
}

TEST_P(redis_parity, requests_as_bytes) {
  const std::string set = encoded({"SET", "k", std::string(40000, 'v')});
  both_answer_bytes(set);
  both_answer_bytes(encoded({"GET", "k"}));
  both_answer_bytes(encoded({"SET", "a", "1"}) + encoded({"GET", "a"}) + encoded({"NO"}));
  both_answer_bytes("SET inline value\r\nGET inline\r\n");
  both_answer_bytes("GET inline\n\r\n\n   \r\nPING\n");
  both_answer_bytes("SET \"quo ted\" 'a\\'b'\r\nGET \"quo ted\"\r\n");
  both_answer_bytes("SET q \"\\x41\\n\\q\\\"\"\r\nGET q\r\n");
  both_answer_bytes("*0\r\n*-1\r\nPING\r\n*1\r\n$4\r\nPING\r\n");
  both_answer_bytes("*1\r\n$0\r\n\r\n");
  both_answer_bytes("*-5\r\n");
  for (const std::string_view malformed :
       {"GET \"a\r\n", "GET \"a\"b\r\n", "GET 'a\r\n", "*x\r\n", "*01\r\n", "*+1\r\n", "* 1\r\n",
        "*2147483648\r\n", "*99999999999999999999\r\n", "*1\r\n:4\r\n", "*1\r\nPING\r\n",
        "*1\r\n$x\r\n", "*1\r\n$-1\r\n", "*1\r\n$536870913\r\n", "*1\r\n$\r\n", "*\r\n",
        "*2\r\n$3\r\nGET\r\n\r\n"}) {
    both_answer_bytes(encoded({"PING"}) + std::string(malformed));
  }
}

INSTANTIATE_TEST_SUITE_P(in_pieces_of,
                         redis_parity,
                         ::testing::Values(1, 7, 1U << 20),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace dovetail::sim
