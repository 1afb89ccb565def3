#include "protocol/memcache/request_parser.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/memcache.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

using test::happens;
using test::texts;
using testing::ElementsAre;

const std::string bad_format = "CLIENT_ERROR bad command line format\r\n";
const std::string key_250(250, 'k');
const std::string key_251(251, 'k');

// One request, found in `stream`, with its parser and inbox kept so that views stay valid.
struct parsed {
  explicit parsed(std::string_view stream, const message_limits& limits = {}) : parser(limits) {
    test::feed(from, stream);
    status = parser.parse(from, found);
  }

  texts keys() const {
    texts all;
    for (const extent& key : found.keys)
      all.emplace_back(found.text(key));
    return all;
  }
  texts arguments() const {
    texts all;
    for (const extent& argument : found.arguments)
      all.emplace_back(found.text(argument));
    return all;
  }

  block_pool pool;
  inbox from{pool};
  request_parser parser;
  request found;
  parse_status status;
};

TEST(memcache_request_parser, finds_command_arguments_and_key_of_a_set) {
  const parsed set("set some 1 -2 5\r\nhello\r\nget a\r\n");

  EXPECT_EQ(set.status, parse_status::complete);
  EXPECT_EQ(set.found.bytes.view(), "set some 1 -2 5\r\nhello\r\n");
  EXPECT_EQ(set.found.consumed, 24U);
  EXPECT_EQ(command_of(set.found).name, "set");
  EXPECT_THAT(set.arguments(), ElementsAre("set", "some", "1", "-2", "5"));
  EXPECT_THAT(set.keys(), ElementsAre("some"));
  EXPECT_TRUE(set.found.canonical);
  EXPECT_TRUE(set.found.reply_wanted);
}

TEST(memcache_request_parser, finds_all_keys_of_a_retrieval_in_order) {
  EXPECT_THAT(parsed("get a b a\r\n").keys(), ElementsAre("a", "b", "a"));
  EXPECT_THAT(parsed("gets  x  y \n").keys(), ElementsAre("x", "y"));
  EXPECT_THAT(parsed("gat 10 a b\r\n").keys(), ElementsAre("a", "b"));
  EXPECT_THAT(parsed("mg a v q O5\r\n").keys(), ElementsAre("a"));
  EXPECT_THAT(parsed("version\r\n").keys(), ElementsAre());
}

TEST(memcache_request_parser, forwards_each_command_as_it_came) {
  for (const std::string stream : {"get a\r\n",
                                   "gets a b\r\n",
                                   "gat 0 a\r\n",
                                   "gats -1 a b\r\n",
                                   "set a 0 0 1\r\nx\r\n",
                                   "add a 4294967295 2147483647 0\r\n\r\n",
                                   "replace a 0 -2147483648 2\r\n\r\n\r\n",
                                   "append a 0 0 1\r\n\n\r\n",
                                   "prepend a 0 0 1\r\nx\r\n",
                                   "cas a 0 0 1 18446744073709551615\r\nx\r\n",
                                   "delete a\r\n",
                                   "incr a 0\r\n",
                                   "decr a 18446744073709551615\r\n",
                                   "touch a 10\r\n",
                                   "mg a\r\n",
                                   "mg a v t k O1\r\n",
                                   "ms a 1 T0 F5\r\nx\r\n",
                                   "md a\r\n",
                                   "ma a D5 v\r\n",
                                   "me a\r\n"}) {
    EXPECT_THAT(happens(stream), ElementsAre("forward " + stream));
    EXPECT_TRUE(parsed(stream).found.canonical) << stream;
  }
}

TEST(memcache_request_parser, writes_anew_what_is_not_canonical) {
  EXPECT_THAT(happens("get a\n"), ElementsAre("forward get a\r\n"));
  EXPECT_THAT(happens("get a \r\n"), ElementsAre("forward get a\r\n"));
  EXPECT_THAT(happens("  get   a  b\r\n"), ElementsAre("forward get a b\r\n"));
  EXPECT_THAT(happens("set a 007 -0 0001\nx\r\n"), ElementsAre("forward set a 7 0 1\r\nx\r\n"));
  EXPECT_THAT(happens("set a 0 -0060 1\r\nx\r\n"), ElementsAre("forward set a 0 -60 1\r\nx\r\n"));
  EXPECT_THAT(happens("set a 0 0 1 ignored\r\nx\r\n"), ElementsAre("forward set a 0 0 1\r\nx\r\n"));
  EXPECT_THAT(happens("gat 00 a  b\r\n"), ElementsAre("forward gat 0 a b\r\n"));
  EXPECT_THAT(happens("delete a 0\r\n"), ElementsAre("forward delete a\r\n"));
  EXPECT_THAT(happens("incr a 01 more\r\n"), ElementsAre("forward incr a 1\r\n"));
  EXPECT_THAT(happens("me a ignored\r\n"), ElementsAre("forward me a\r\n"));
  EXPECT_THAT(happens("ms  a 01 T0\r\nx\r\n"), ElementsAre("forward ms a 1 T0\r\nx\r\n"));
}

TEST(memcache_request_parser, takes_noreply_and_q_out_of_what_is_forwarded) {
  EXPECT_THAT(happens("set a 0 0 1 noreply\r\nx\r\n"),
              ElementsAre("forward silently set a 0 0 1\r\nx\r\n"));
  EXPECT_THAT(happens("cas a 0 0 1 7 noreply\r\nx\r\n"),
              ElementsAre("forward silently cas a 0 0 1 7\r\nx\r\n"));
  EXPECT_THAT(happens("delete a noreply\r\n"), ElementsAre("forward silently delete a\r\n"));
  EXPECT_THAT(happens("delete a 0 noreply\r\n"), ElementsAre("forward silently delete a\r\n"));
  EXPECT_THAT(happens("incr a 1 noreply\r\n"), ElementsAre("forward silently incr a 1\r\n"));
  EXPECT_THAT(happens("touch a 1 noreply\r\n"), ElementsAre("forward silently touch a 1\r\n"));
  EXPECT_THAT(happens("mg a q v\r\n"), ElementsAre("forward mg a v\r\n"));
  EXPECT_THAT(happens("ms a 1 q\r\nx\r\n"), ElementsAre("forward ms a 1\r\nx\r\n"));
}

TEST(memcache_request_parser, takes_noreply_for_a_key_where_a_key_is_expected) {
  EXPECT_THAT(happens("get noreply\r\n"), ElementsAre("forward get noreply\r\n"));
  EXPECT_THAT(happens("gat 0 a noreply\r\n"), ElementsAre("forward gat 0 a noreply\r\n"));
  EXPECT_THAT(happens("delete noreply\r\n"), ElementsAre("forward delete noreply\r\n"));
  EXPECT_THAT(happens("set noreply 0 0 1\r\nx\r\n"),
              ElementsAre("forward set noreply 0 0 1\r\nx\r\n"));
}

// As memcached: once it has seen noreply it complains of nothing but a wrong number of words.
TEST(memcache_request_parser, refuses_in_silence_where_memcached_does) {
  EXPECT_THAT(happens("incr a abc noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("incr a noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("delete a 1 noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("set a x 0 1 noreply\r\nx\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("set a 0 0 1 noreply\r\nxyz"), ElementsAre("silence"));
  EXPECT_THAT(happens("flush_all noreply\r\n"), ElementsAre("silence"));
  EXPECT_THAT(happens("set a 0 0 1 more noreply\r\nx\r\n"), ElementsAre("ERROR\r\n"));
}

TEST(memcache_request_parser, ends_lines_at_lf) {
  EXPECT_THAT(happens("get a\nget b\r\nget c\n"),
              ElementsAre("forward get a\r\n", "forward get b\r\n", "forward get c\r\n"));
}

TEST(memcache_request_parser, answers_blank_lines_with_an_error) {
  EXPECT_THAT(happens("\r\n\n  \r\n"), ElementsAre("ERROR\r\n", "ERROR\r\n", "ERROR\r\n"));
}

TEST(memcache_request_parser, knows_commands_in_lower_case_only) {
  EXPECT_THAT(happens("GET a\r\nGet a\r\nfoo\r\nget\ta\r\n"),
              ElementsAre("ERROR\r\n", "ERROR\r\n", "ERROR\r\n", "ERROR\r\n"));
}

TEST(memcache_request_parser, refuses_a_wrong_number_of_words) {
  for (const std::string line : {"get",
                                 "gets ",
                                 "gat",
                                 "gat 0",
                                 "set",
                                 "set a",
                                 "set a 0 0",
                                 "cas a 0 0",
                                 "delete",
                                 "delete a 0 noreply b",
                                 "incr",
                                 "incr a",
                                 "incr a 1 noreply b",
                                 "touch a",
                                 "touch a 1 noreply b",
                                 "verbosity",
                                 "verbosity 1 2 3",
                                 "mg",
                                 "ms",
                                 "md",
                                 "ma"}) {
    EXPECT_THAT(happens(line + "\r\nmn\r\n"), ElementsAre("ERROR\r\n", "MN\r\n")) << line;
  }
  EXPECT_THAT(happens("ms a\r\n"), ElementsAre(bad_format));
  EXPECT_THAT(happens("me\r\n"), ElementsAre(bad_format));
}

TEST(memcache_request_parser, takes_keys_of_up_to_250_bytes) {
  EXPECT_THAT(happens("get " + key_250 + "\r\n"), ElementsAre("forward get " + key_250 + "\r\n"));
  for (const std::string& line :
       {"get " + key_251, "get a " + key_251 + " b", "gat 0 " + key_251, "delete " + key_251,
        "incr " + key_251 + " 1", "touch " + key_251 + " 1", "mg " + key_251, "me " + key_251}) {
    EXPECT_THAT(happens(line + "\r\nmn\r\n"), ElementsAre(bad_format, "MN\r\n")) << line;
  }
}

TEST(memcache_request_parser, takes_keys_of_bytes_above_0x7f) {
  EXPECT_THAT(happens("get \xc3\xa9\xff\x80\r\n"), ElementsAre("forward get \xc3\xa9\xff\x80\r\n"));
}

TEST(memcache_request_parser, refuses_control_bytes_in_keys_and_flags) {
  for (int byte = 0; byte <= 0x7f; ++byte) {
    const char c = static_cast<char>(byte);
    if ((byte > 0x20 && byte != 0x7f) || c == '\n' || c == ' ') continue;
    for (const std::string before : {"get ", "get x ", "gat 0 ", "delete ", "mg ", "mg x O"}) {
      const std::string line = before + "a" + c + "b\r\n";
      EXPECT_THAT(happens(line + "mn\r\n"), ElementsAre(bad_format, "MN\r\n")) << line;
    }
  }
  EXPECT_THAT(happens("get a\r\r\n"), ElementsAre(bad_format));
  EXPECT_THAT(happens("set a\tb 0 0 1\r\nx\r\nmn\r\n"), ElementsAre(bad_format, "MN\r\n"));
}

TEST(memcache_request_parser, refuses_numbers_out_of_the_servers_range) {
  for (const std::string line :
       {"set a 4294967296 0 1", "set a -1 0 1", "set a +1 0 1", "set a 0x1 0 1", "set a 1. 0 1",
        "set a 0 2147483648 1", "set a 0 -2147483649 1", "set a 0 - 1", "set a 0 +1 1",
        "set a 0 1\t 1", "set a 9999999999999999999999999 0 1", "cas a 0 0 1 18446744073709551616",
        "cas a 0 0 1 -1", "cas a 0 0 1 x"}) {
    EXPECT_THAT(happens(line + "\r\nx\r\nmn\r\n"), ElementsAre(bad_format, "MN\r\n")) << line;
  }
  for (const std::string delta : {"-1", "+1", "x", "18446744073709551616", "1.0", "0x1"}) {
    EXPECT_THAT(happens("incr a " + delta + "\r\n"),
                ElementsAre("CLIENT_ERROR invalid numeric delta argument\r\n"));
  }
  for (const std::string exptime : {"x", "2147483648", "-2147483649", "1x", "--1"}) {
    const std::string refusal = "CLIENT_ERROR invalid exptime argument\r\n";
    EXPECT_THAT(happens("touch a " + exptime + "\r\n"), ElementsAre(refusal));
    EXPECT_THAT(happens("gat " + exptime + " a\r\n"), ElementsAre(refusal));
  }
  EXPECT_THAT(happens("delete a 1\r\n"),
              ElementsAre("CLIENT_ERROR bad command line format.  Usage: delete <key> "
                          "[noreply]\r\n"));
}

TEST(memcache_request_parser, passes_over_the_block_of_a_refused_request) {
  EXPECT_THAT(happens("set " + key_251 + " 0 0 5\r\nmn\r\nx\r\nmn\r\n"),
              ElementsAre(bad_format, "MN\r\n"));
  EXPECT_THAT(happens("set a 0 0 4 more words\r\nmn\r\n\r\nmn\r\n"),
              ElementsAre("ERROR\r\n", "MN\r\n"));
  EXPECT_THAT(happens("ms a 2 b\r\nmn\r\nmn\r\n"),
              ElementsAre("CLIENT_ERROR error decoding key\r\n", "MN\r\n"));
  EXPECT_THAT(happens("set a x 0 9\r\nmn"), ElementsAre("…"));
}

// Then there is no telling what follows; memcached, too, goes on with the next line.
TEST(memcache_request_parser, takes_what_follows_for_a_line_where_no_length_can_be_read) {
  for (const std::string bytes : {"-1", "+3", "x", "3x", "2147483646", "99999999999999999999"}) {
    EXPECT_THAT(happens("set a 0 0 " + bytes + "\r\nabc\r\n"),
                ElementsAre(bad_format, "ERROR\r\n"));
    EXPECT_THAT(happens("ms a " + bytes + "\r\nabc\r\n"), ElementsAre(bad_format, "ERROR\r\n"));
  }
}

TEST(memcache_request_parser, takes_as_many_bytes_of_a_bad_block_as_it_should_have_had) {
  const std::string bad_data = "CLIENT_ERROR bad data chunk\r\n";
  EXPECT_THAT(happens("set a 0 0 1\r\nxyz\r\nmn\r\n"),
              ElementsAre(bad_data, "ERROR\r\n", "MN\r\n"));
  EXPECT_THAT(happens("set a 0 0 1\r\nx\n\nmn\r\n"), ElementsAre(bad_data, "MN\r\n"));
  EXPECT_THAT(happens("set a 0 0 5\r\nxyz\r\nmn\r\n"), ElementsAre(bad_data, "ERROR\r\n"));
  EXPECT_THAT(happens("ms a 2 q\r\nxyz\r\nmn\r\n"), ElementsAre(bad_data, "ERROR\r\n", "MN\r\n"));
}

TEST(memcache_request_parser, refuses_what_is_too_large_without_keeping_it) {
  const options with{.limits = {.message_bytes_max = 100}};
  const std::string refusal = "SERVER_ERROR object too large for cache\r\n";
  const std::string block = std::string(101, 'x') + "\r\n";
  EXPECT_THAT(happens("set a 0 0 101\r\n" + block + "mn\r\n", with),
              ElementsAre(refusal, "MN\r\n"));
  EXPECT_THAT(happens("ms a 101 k\r\n" + block + "mn\r\n", with), ElementsAre(refusal, "MN\r\n"));
  EXPECT_THAT(happens("set a 0 0 101 noreply\r\n" + block + "mn\r\n", with),
              ElementsAre("silence", "MN\r\n"));

  block_pool pool;
  inbox from(pool);
  request_parser parser(with.limits);
  request found;
  test::feed(from, "set a 0 0 2147483645\r\n");
  std::uint64_t sent = 0;
  parse_status status = parser.parse(from, found);
  while (status == parse_status::incomplete && sent < (8U << 20)) {
    test::feed(from, std::string(65536, 'x'));
    sent += 65536;
    status = parser.parse(from, found);
    EXPECT_TRUE(from.empty());
  }
  EXPECT_EQ(status, parse_status::incomplete);
  EXPECT_LT(pool.allocations(), 20U);
}

TEST(memcache_request_parser, tells_the_inbox_how_long_a_message_will_be) {
  block_pool pool;
  inbox from(pool);
  request_parser parser{message_limits{}};
  request found;
  test::feed(from, "set a 0 0 900000\r\n");
  EXPECT_EQ(parser.parse(from, found), parse_status::incomplete);
  EXPECT_GE(from.room().size(), 900002U);
}

TEST(memcache_request_parser, closes_at_a_line_without_end) {
  const options with{.limits = {.line_bytes_max = 300}};
  const texts closed = {"close: CLIENT_ERROR line too long\r\n"};
  EXPECT_EQ(happens(std::string(300, 'x') + "\n", with), (texts{"ERROR\r\n"}));
  EXPECT_EQ(happens(std::string(301, 'x'), with), closed);
  EXPECT_EQ(happens(std::string(301, 'x') + "\n", with), closed);
  EXPECT_EQ(happens("mn\r\ngat 0" + std::string(300, ' ') + "a\r\n", with),
            (texts{"MN\r\n", closed[0]}));
  EXPECT_EQ(happens(std::string(101, ' ') + "get a" + std::string(300, ' ') + "b\r\n", with),
            closed);
}

TEST(memcache_request_parser, takes_a_get_of_any_number_of_keys) {
  const options with{.limits = {.line_bytes_max = 300}};
  std::string line = "get";
  for (int at = 0; at < 100; ++at)
    line += " key" + std::to_string(at);
  EXPECT_EQ(happens(line + "\r\n", with), (texts{"forward " + line + "\r\n"}));
  line.replace(0, 3, "gets");
  EXPECT_EQ(happens(line + "\r\n", with), (texts{"forward " + line + "\r\n"}));
}

TEST(memcache_request_parser, refuses_more_words_than_it_may_take) {
  const options with{.limits = {.arguments_max = 3}};
  EXPECT_THAT(happens("get a b\r\nget a b c\r\nmn\r\n", with),
              ElementsAre("forward get a b\r\n", "CLIENT_ERROR line too long\r\n", "MN\r\n"));
}

// memcached would close the connection that all clients share.
TEST(memcache_request_parser, sends_no_line_that_a_server_may_find_too_long) {
  std::string line = "gat 0";
  while (line.size() + 5 <= 2046)
    line += " abcd";
  line += std::string(2046 - line.size(), ' ');
  EXPECT_EQ(parsed(line + "\r\n").found.refusal, "");
  EXPECT_EQ(parsed(line + " \r\n").found.refusal, text::line_too_long);
  EXPECT_EQ(parsed("mg a P" + std::string(3000, 'x') + "\r\n").found.refusal, text::line_too_long);
  EXPECT_EQ(parsed("set a 0 0" + std::string(3000, ' ') + "1\r\nx\r\n").found.refusal,
            text::line_too_long);
}

TEST(memcache_request_parser, closes_at_the_binary_protocol) {
  EXPECT_THAT(happens(std::string("\x80\0\0\1", 4)),
              ElementsAre("close: CLIENT_ERROR the binary protocol is not supported by this "
                          "proxy\r\n"));
}

// A browser that was made to post to this port.
TEST(memcache_request_parser, closes_at_http) {
  EXPECT_THAT(happens("mn\r\nPOST / HTTP/1.1\r\nflush_all\r\n"),
              ElementsAre("MN\r\n", "close: ERROR\r\n"));
}

// twemproxy 0.5.0 ends a key at space or CR only and forwards this as one request, memcached reads
// two: from then on every client gets the reply of another.
TEST(memcache_request_parser, an_lf_ends_the_line_even_inside_what_looks_like_a_key) {
  EXPECT_THAT(happens("get x\nversion\r\n"),
              ElementsAre("forward get x\r\n", "VERSION 1.6.0-dovetail\r\n"));
  EXPECT_THAT(happens("get x\nflush_all\r\n"),
              ElementsAre("forward get x\r\n", "CLIENT_ERROR flush_all not allowed\r\n"));
}

// twemproxy 0.5.0 forwards a number of any length; memcached refuses the line and takes the data
// block for a request, whose response goes to the next client.
TEST(memcache_request_parser, a_data_block_never_becomes_a_request) {
  const std::string huge(25, '9');
  EXPECT_THAT(happens("cas a 0 0 10 " + huge + "\r\nget secret\r\nmn\r\n"),
              ElementsAre(bad_format, "MN\r\n"));
  EXPECT_THAT(happens("set a " + huge + " 0 10\r\nget secret\r\nmn\r\n"),
              ElementsAre(bad_format, "MN\r\n"));
  EXPECT_THAT(happens("set a 0 " + huge + " 10\r\nget secret\r\nmn\r\n"),
              ElementsAre(bad_format, "MN\r\n"));
  // Here nobody can know that it is a block. It is the same client's own request, in its place.
  EXPECT_THAT(happens("set a 0 0 " + huge + "\r\nget secret\r\nmn\r\n"),
              ElementsAre(bad_format, "forward get secret\r\n", "MN\r\n"));
}

TEST(memcache_request_parser, leaves_requests_alone_that_look_like_protocol_inside_a_block) {
  EXPECT_THAT(happens("set a 0 0 15\r\nget b\r\nEND\r\nx\r\n\r\nmn\r\n"),
              ElementsAre("forward set a 0 0 15\r\nget b\r\nEND\r\nx\r\n\r\n", "MN\r\n"));
}

TEST(memcache_request_parser, judges_meta_flags) {
  const auto refusal = [](const std::string& line) {
    return std::string(parsed(line + "\r\n").found.refusal);
  };
  EXPECT_EQ(refusal("mg a c f h k l q s t u v I L1 P Oa Ma F1"), "");
  EXPECT_EQ(refusal("mg a C1 D1 J1 N-1 R0 T60 E1"), text::bad_flag);
  EXPECT_EQ(refusal("mg a C18446744073709551615 D1 J1 N-1 R0 T60"), "");
  EXPECT_EQ(refusal("mg a C18446744073709551616"), text::bad_token);
  EXPECT_EQ(refusal("mg a C"), text::bad_token);
  EXPECT_EQ(refusal("mg a D"), text::bad_meta_delta);
  EXPECT_EQ(refusal("mg a Jx"), text::bad_initial);
  EXPECT_EQ(refusal("mg a T2147483648"), text::bad_token);
  EXPECT_EQ(refusal("mg a F-1"), text::bad_format);
  EXPECT_EQ(refusal("mg a Mset"), text::bad_mode);
  EXPECT_EQ(refusal("mg a vv"), text::bad_flag);
  EXPECT_EQ(refusal("mg a z"), text::bad_flag);
  EXPECT_EQ(refusal("mg a v v"), text::duplicate_flag);
  EXPECT_EQ(refusal("mg a O1 O2"), text::duplicate_flag);
  EXPECT_EQ(refusal("mg a b"), text::bad_base64);
  EXPECT_EQ(refusal("mg Zm9= b"), text::bad_base64);
  EXPECT_EQ(refusal("mg ==== b"), text::bad_base64);
  EXPECT_EQ(refusal("md a b"), text::bad_or_duplicate);
  EXPECT_EQ(refusal("me a b"), text::bad_format);
  EXPECT_EQ(refusal("me a x b"), "");
  EXPECT_EQ(refusal("md a z"), text::bad_or_duplicate);
  EXPECT_EQ(refusal("ma a D-1"), text::bad_or_duplicate);
  EXPECT_EQ(refusal("mg a O" + std::string(31, 'x')), "");
  EXPECT_EQ(refusal("mg a O" + std::string(32, 'x')), text::long_opaque);
  EXPECT_EQ(refusal("mg a c f h k l q s t u v I L1 P Oa Ma F1 C1"), "");
  EXPECT_EQ(refusal("mg a c f h k l q s t u v I L1 P Oa Ma F1 C1 D1"), text::many_flags);
}

// The key that decides where the one request in `line` goes; the flags that go with it.
std::string meant_by(const std::string& line) {
  block_pool pool;
  inbox from(pool);
  request_parser parser{message_limits{}};
  request found;
  test::feed(from, line);
  EXPECT_EQ(parser.parse(from, found), parse_status::complete);
  return std::string(found.meant);
}

TEST(memcache_request_parser, reads_the_key_that_one_in_base64_means) {
  EXPECT_EQ(meant_by("mg Zm9v v b k\r\n"), "foo");
  EXPECT_EQ(meant_by("ms Zm9vYg== 1 b\r\nx\r\n"), "foob");
  EXPECT_EQ(meant_by("md Zm9vYmE= b q\r\n"), "fooba");
  EXPECT_EQ(meant_by("ma AAr/ b\r\n"), std::string("\0\n\xff", 3));
  EXPECT_EQ(meant_by("me Zm9v b\r\n"), "foo");
  EXPECT_EQ(meant_by("me Zm9v x b\r\n"), "");
  EXPECT_EQ(meant_by("mg Zm9v v\r\n"), "");
  EXPECT_EQ(meant_by("mg Zm9v b z\r\n"), "");
}

TEST(memcache_request_parser, forwards_a_key_in_base64_as_it_is) {
  EXPECT_THAT(happens("mg Zm9v b q  k\r\nme Zm9v b more\r\nms Zm9v 01 b\r\nx\r\n"),
              ElementsAre("forward mg Zm9v b k\r\n", "forward me Zm9v b\r\n",
                          "forward ms Zm9v 1 b\r\nx\r\n"));
}

}  // namespace
}  // namespace dovetail::memcache
