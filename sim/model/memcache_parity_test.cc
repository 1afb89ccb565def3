// The model memcached against Debian's: the same commands, the same bytes. The server's cas uniques
// count in step with the model's, so they are compared too.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "sim/model/memcache_server.h"
#include "sim/model/testing/parity.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

using testing::answer;

class memcache_parity : public ::testing::TestWithParam<std::size_t> {
 protected:
  // A request, line ends written as in a script: a bar stands for CRLF, and one is added.
  void both_answer(std::string_view script) {
    std::string bytes;
    for (const char c : script) {
      if (c == '|') {
        bytes += "\r\n";
      } else {
        bytes += c;
      }
    }
    both_answer_bytes(bytes + "\r\n");
  }

  void both_answer_bytes(std::string_view bytes) {
    answer real = real_.ask(bytes);
    if (!real.closed) real.bytes += end_.answer;
    EXPECT_EQ(model_.ask(std::string(bytes) + end_.question, instant()), real)
        << bytes.substr(0, 100);
  }

 private:
  static wall_clock today() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  }

  // Without its threads in the background: whether a counter is changed in place depends on what
  // they happen to hold.
  static std::vector<std::string> command_line(const std::string& port) {
    std::vector<std::string> words{"memcached",
                                   "-l",
                                   "127.0.0.1",
                                   "-p",
                                   port,
                                   "-U",
                                   "0",
                                   "-t",
                                   "1",
                                   "-o",
                                   "no_lru_maintainer,no_lru_crawler"};
    if (geteuid() == 0) words.insert(words.end(), {"-u", "nobody"});
    return words;
  }

  const testing::marker end_{"mg that_was_all k\r\n", "EN kthat_was_all\r\n"};
  testing::real_server server_{&command_line};
  testing::real_talk real_{server_.port(), end_};
  memcache_server model_server_{today()};
  testing::model_talk model_{model_server_, GetParam()};
};

TEST_P(memcache_parity, storage) {
  for (const std::string_view script : {
           "set a 0 0 1|abcdef",
           "get a",
           "set a abc 0 3|xyz",
           "set a 0 0 -1",
           "set a 0 0",
           "set a 0 0 1 noreply extra",
           "set a 1 0 1|X",
           "set a -1 0 1|X",
           "set a 4294967296 0 1|X",
           "set a 4294967295 0 1|X",
           "set a +5 0 +1|X",
           "set a 5x 0 1|X",
           "gets a",
           "get",
           "gat 10",
           "gat x a",
           "gat 0 a",
           "gats 0 a b a",
           "get a a",
           "cas a 0 0 1 0|Y",
           "cas a 0 0 1 3|Y",
           "cas a 0 0 1 99|Y",
           "cas nokey 0 0 1 99|Y",
           "cas a 0 0 1 x|Y",
           "incr a 1",
           "set n 0 0 2|10",
           "decr n 1",
           "get n",
           "incr n 1",
           "get n",
           "incr n -1",
           "incr n abc",
           "incr nokey 1",
           "incr n 18446744073709551615",
           "decr n 100",
           "gets n",
           "incr n 1 noreply",
           "incr n 1 foo",
           "delete n 0",
           "delete n 1",
           "delete n noreply",
           "delete n 0 noreply",
           "delete n foo bar",
           "delete",
           "touch a",
           "touch a 0",
           "touch a x",
           "touch nokey 1",
           "touch a 0 noreply",
           "flush_all x",
           "flush_all noreply",
           "flush_all 0",
           "flush_all 0 noreply",
           "flush_all -1",
           "flush_all 1 2 3",
           "version",
           "version foo",
           "verbosity",
           "verbosity 1",
           "verbosity x",
           "verbosity 1 noreply",
           "verbosity 0 foo",
           "quit",
           "quit now",
           "",
           " ",
           "a",
           "GET a",
           "set e 0 0 0|",
           "incr e 1",
           "append e 0 0 1|a",
           "prepend e 9 9 1|b",
           "get e",
           "append nokey 0 0 1|a",
           "add e 0 0 1|a",
           "replace nokey 0 0 1|a",
           "replace e 7 0 1|q",
           "get e",
           "set e 0 -1 1|x",
           "get e",
           "set x 0 0 1 noreply|x",
           "set x 0 0 1 foo|x",
           "set x 0 0 abc noreply|x",
           "stats reset",
           "stats foo",
           "set a 0 0 1|1",
           "get  a",
           " get a",
           "get a ",
           "get\ta",
           "set t 0 0 1  noreply|1",
           "get a noreply",
           "gets",
           "gat",
           "set  a  0  0  1 |1",
           "incr a 18446744073709551616",
           "incr a 1 noreply",
           "set s 0 0 3| 12",
           "incr s 1",
           "get s",
           "set s 0 0 3|12a",
           "incr s 1",
           "set s 0 0 2|-1",
           "incr s 1",
           "set s 0 0 20|18446744073709551615",
           "incr s 1",
           "get s",
           "set s 0 0 21|184467440737095516150",
           "incr s 1",
           "set s 0 0 25|0000000000000000000000005",
           "incr s 1",
           "get s",
           "cas a 0 0 1",
           "cas a 0 0 1 5 noreply|1",
           "touch a -1",
           "get a",
           "flush_all 0 0",
           "add fresh 3 0 2|ab",
           "gets fresh",
           "mg a O",
           "mg a k k",
           "mget a",
           "m",
           "mm a",
       }) {
    both_answer(script);
  }
}

TEST_P(memcache_parity, meta) {
  for (const std::string_view script : {
           "mn",
           "mn foo",
           "mg",
           "mg a",
           "mg a v",
           "mg a k O1 q",
           "mg a k O1",
           "mg a b k",
           "mg YQ== b k O9",
           "mg a v v",
           "mg a Z",
           "mg a Tx",
           "ms a",
           "ms a 1|X",
           "ms a x|X",
           "ms a S1|X",
           "ms a 1 c k O22|X",
           "ms a 1 F5 T0 k c|Y",
           "ms a 1 Fx|Y",
           "mg a v f c t s k h l",
           "mg a v f c t s k h l",
           "mg a s v",
           "mg a",
           "mg a q",
           "mg a v q",
           "ms a 1 q|Z",
           "ms a 1 q|ZZZ",
           "ms a 1 ME|Z",
           "ms a 1 ME q|Z",
           "ms a 1 MA|Z",
           "ms a 1 MP|W",
           "ms a 1 MR|W",
           "ms nk 1 MR k O1|W",
           "ms nk 1 MA k O1|W",
           "ms a 1 MX|W",
           "ms a 1 M|W",
           "ms a 1 MXX|W",
           "ms a 1 C99 k|W",
           "ms nk 1 C99 k|W",
           "ms a 1 Cx|W",
           "md a q",
           "md a",
           "md a q",
           "md a k O5",
           "md",
           "md a Z",
           "ms n 2|10",
           "ma n",
           "ma n v",
           "ma n v D5 k O7 t c",
           "ma n MD v D5",
           "ma n M- v D100",
           "mg n v",
           "ma n MZ",
           "ma n Dx",
           "ma n Jx",
           "ma nk k O1",
           "ma nk q",
           "ma nk N0 J13 v t k",
           "ma nk N0 J13 v q",
           "ma nk N0 J13 q",
           "ma nk C99",
           "ma nk C99 q",
           "ms t 1|a",
           "ma t",
           "ma t q",
           "mg miss v N0 t",
           "mg miss v N0",
           "mg miss v c",
           "md t I",
           "mg t v",
           "mg t v",
           "ms t 1 C18 I c|b",
           "mg t v c",
           "ms t 1 I|b",
           "mg t v c",
           "ms Ymlu 3 b k|abc",
           "mg Ymlu b v k O1",
           "mg bin v k",
           "mg bin b v k",
           "mg !!!! b v k",
           "ms YmluMg== 1 b k|v",
           "md Ymlu b k O1",
           "me a",
           "me t",
           "me nokey",
           "me",
           "me a",
           "mg a O123456789012345678901234567890123",
           "mg a O1234567890123456789012345678901",
           "mg nokey O123456789012345678901234567890123",
           "ms a 1 O123456789012345678901234567890123|X",
           "mx a",
           "mg a s t c f h l k v u q b O1 R1 N1 T1 P L I C1",
           "mg a s t c f h l k v u q O1 R1 N1 T1 P L I C1 MA",
           "ms a -1",
           "ms a 2 I F5|ab",
           "ms a 2 q k O1|ab",
           "mg a k O1 q v",
           "ms a 1 Z|X",
           "ms a 1 v v|X",
       }) {
    both_answer(script);
  }
}

TEST_P(memcache_parity, data_of_another_length_than_announced) {
  for (const std::string_view script :
       {"set a 0 0 3|ab|foo", "set a 0 0 3 noreply|abcd", "set a 0 0 3 noreply|abcde",
        "set a 0 0 3|abcdefgh|get a", "ms a 3|ab|foo", "ms a 3 q|abcd", "get a"}) {
    both_answer(script);
  }
  both_answer_bytes("set a 0 0 3\r\nabcd\nget a\r\n");
  both_answer_bytes("set a 0 0 3\nabc\r\nget a\n\nms a 1\n1\r\nmg a v\n");
}

TEST_P(memcache_parity, long_keys) {
  const std::string fits(250, 'k');
  const std::string too_long(251, 'k');
  for (const std::string& key : {fits, too_long}) {
    for (const std::string_view name :
         {"get", "gets", "gat 0", "gats 0", "delete", "mg", "md", "ma", "me"}) {
      both_answer(std::string(name) + " " + key);
    }
    both_answer("get a " + key + " b");
    both_answer("touch " + key + " 0");
    both_answer("incr " + key + " 1");
    both_answer("set " + key + " 0 0 1|X");
    both_answer("set " + key + " 0 0 1 noreply|X");
    both_answer("ms " + key + " 1 k|X");
    both_answer("get " + key);
  }
}

TEST_P(memcache_parity, a_get_of_many_keys) {
  std::string keys;
  for (int at = 0; at < 100; ++at) {
    both_answer("set key" + std::to_string(at) + " 0 0 2|ab");
    keys += " key" + std::to_string(at) + " missing" + std::to_string(at);
  }
  both_answer("get" + keys);
  both_answer("gets" + keys + keys + keys);
}

// Larger than the other requests, and so in larger pieces.
class memcache_parity_of_large_values : public memcache_parity {};

TEST_P(memcache_parity_of_large_values, around_the_limit_of_a_megabyte) {
  const std::string large = fmt::format("{:x>1048500}\r\n", "");
  const std::string too_large = fmt::format("{:x>1048574}\r\n", "");
  for (const std::string_view name : {"set", "add", "replace", "append", "prepend"}) {
    both_answer(fmt::format("{} small 0 0 1|1", name));
    both_answer_bytes(fmt::format("{} large 0 0 1048500\r\n{}", name, large));
    both_answer_bytes(fmt::format("{} small 0 0 1048574\r\n{}", name, too_large));
    both_answer("gets small");
    both_answer_bytes(fmt::format("{} small 0 0 1048574 noreply\r\n{}", name, too_large));
  }
  both_answer("get large");
  both_answer("ms small 1|1");
  both_answer_bytes("ms small 1048574\r\n" + too_large);
  both_answer("mg small v");
}

INSTANTIATE_TEST_SUITE_P(in_pieces_of,
                         memcache_parity,
                         ::testing::Values(1, 7, 1U << 20),
                         ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(in_pieces_of,
                         memcache_parity_of_large_values,
                         ::testing::Values(16000, 1U << 24),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace dovetail::sim
