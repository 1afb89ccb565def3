#include "protocol/memcache/expect.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/request_class.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/base64.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/request_parser.h"
#include "protocol/memcache/response_parser.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

// A request that was sent, and what is kept of it to judge its response.
struct sent {
  explicit sent(std::string_view line) {
    block_pool pool;
    inbox from(pool);
    request_parser parser{message_limits{}};
    request asked;
    test::feed(from, line);
    EXPECT_EQ(parser.parse(from, asked), parse_status::complete) << line;
    EXPECT_EQ(asked.refusal, "") << line;
    expected = expect(asked, echo);
    const std::array<std::uint32_t, 2> outer = {0, 2};
    if (asked.keys.size() > 2) expected_part = expect_part(asked, outer, echo);
  }

  bool may_get(std::string_view stream) const {
    return may_get(expected, echo_text().substr(0, expected.echo_size), stream);
  }

  // The part with keys 0 and 2.
  bool part_may_get(std::string_view stream) const {
    return may_get(expected_part, echo_text().substr(expected.echo_size), stream);
  }

  // Was told by the server, but not to the client.
  bool keeps_silent_about(std::uint32_t shape) const { return (expected.silent & shape) != 0; }

  std::string_view echo_text() const { return echo.front(echo.size()); }

  byte_queue echo;
  expectation expected;
  expectation expected_part;

 private:
  static bool may_get(const expectation& what, std::string_view echo, std::string_view stream) {
    block_pool pool;
    inbox from(pool);
    response_parser parser{message_limits{}};
    response came;
    test::feed(from, stream);
    EXPECT_EQ(parser.parse(from, came), parse_status::complete) << stream;
    return plausible(what, echo, came, from.unread().substr(0, came.size));
  }
};

TEST(memcache_expect, an_error_may_answer_anything) {
  for (const std::string line : {"get a\r\n", "incr a 1\r\n", "mg a k O1\r\n", "me a\r\n"}) {
    EXPECT_TRUE(sent(line).may_get("ERROR\r\n")) << line;
    EXPECT_TRUE(sent(line).may_get("SERVER_ERROR out of memory\r\n")) << line;
  }
  EXPECT_TRUE(sent("set a 0 0 1\r\nx\r\n").may_get("SERVER_ERROR object too large for cache\r\n"));
}

// The server did not understand the line: it will take the block for a line, and answer it.
TEST(memcache_expect, an_error_that_leaves_a_data_block_in_doubt_is_no_answer) {
  for (const std::string request : {"set a 0 0 1\r\nx\r\n", "ms a 1\r\nx\r\n"}) {
    EXPECT_FALSE(sent(request).may_get("ERROR\r\n"));
    EXPECT_FALSE(sent(request).may_get("CLIENT_ERROR bad command line format\r\n"));
    EXPECT_FALSE(sent(request).may_get("CLIENT_ERROR bad data chunk\r\n"));
  }
}

TEST(memcache_expect, a_get_gets_values_of_its_key_alone) {
  const sent get("get a\r\n");
  EXPECT_TRUE(get.may_get("END\r\n"));
  EXPECT_TRUE(get.may_get("VALUE a 0 1\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE b 0 1\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE aa 0 1\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE a 0 1\r\nx\r\nVALUE a 0 1\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE a 0 1 7\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("STORED\r\n"));
  EXPECT_FALSE(get.may_get("5\r\n"));
  EXPECT_TRUE(sent("gets a\r\n").may_get("VALUE a 0 1 7\r\nx\r\nEND\r\n"));
  EXPECT_FALSE(sent("gats 0 a\r\n").may_get("VALUE a 0 1\r\nx\r\nEND\r\n"));
}

TEST(memcache_expect, values_come_in_the_order_of_the_keys_asked) {
  const sent get("get a b a\r\n");
  EXPECT_TRUE(get.may_get("VALUE b 0 0\r\n\r\nVALUE a 0 0\r\n\r\nEND\r\n"));
  EXPECT_TRUE(get.may_get("VALUE a 0 0\r\n\r\nVALUE a 0 0\r\n\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE b 0 0\r\n\r\nVALUE b 0 0\r\n\r\nEND\r\n"));
  EXPECT_FALSE(get.may_get("VALUE a 0 0\r\n\r\nVALUE c 0 0\r\n\r\nEND\r\n"));
}

TEST(memcache_expect, an_error_behind_values_must_fit_as_well) {
  EXPECT_TRUE(sent("get a\r\n").may_get("VALUE a 0 0\r\n\r\nSERVER_ERROR x\r\n"));
  EXPECT_FALSE(sent("get a\r\n").may_get("VALUE b 0 0\r\n\r\nSERVER_ERROR x\r\n"));
  EXPECT_FALSE(sent("delete a\r\n").may_get("VALUE a 0 0\r\n\r\nSERVER_ERROR x\r\n"));
}

TEST(memcache_expect, a_part_expects_its_own_keys) {
  const sent get("get a b c\r\n");
  EXPECT_TRUE(get.part_may_get("VALUE a 0 0\r\n\r\nVALUE c 0 0\r\n\r\nEND\r\n"));
  EXPECT_TRUE(get.part_may_get("END\r\n"));
  EXPECT_FALSE(get.part_may_get("VALUE b 0 0\r\n\r\nEND\r\n"));
  EXPECT_FALSE(get.part_may_get("VALUE c 0 0\r\n\r\nVALUE a 0 0\r\n\r\nEND\r\n"));
}

TEST(memcache_expect, commands_get_replies_of_their_own_kind) {
  const auto may = [](std::string_view request, std::string_view response) {
    return sent(request).may_get(response);
  };
  EXPECT_TRUE(may("set a 0 0 0\r\n\r\n", "STORED\r\n"));
  EXPECT_FALSE(may("set a 0 0 0\r\n\r\n", "EXISTS\r\n"));
  EXPECT_FALSE(may("set a 0 0 0\r\n\r\n", "HD\r\n"));
  EXPECT_TRUE(may("add a 0 0 0\r\n\r\n", "NOT_STORED\r\n"));
  EXPECT_TRUE(may("cas a 0 0 0 1\r\n\r\n", "EXISTS\r\n"));
  EXPECT_TRUE(may("cas a 0 0 0 1\r\n\r\n", "NOT_FOUND\r\n"));
  EXPECT_TRUE(may("incr a 1\r\n", "2\r\n"));
  EXPECT_TRUE(may("decr a 1\r\n", "NOT_FOUND\r\n"));
  EXPECT_FALSE(may("incr a 1\r\n", "END\r\n"));
  EXPECT_TRUE(may("delete a\r\n", "DELETED\r\n"));
  EXPECT_FALSE(may("delete a\r\n", "TOUCHED\r\n"));
  EXPECT_TRUE(may("touch a 1\r\n", "TOUCHED\r\n"));
  EXPECT_FALSE(may("touch a 1\r\n", "DELETED\r\n"));
}

TEST(memcache_expect, a_meta_response_repeats_key_and_opaque_as_asked) {
  const sent get("mg a v k O123\r\n");
  EXPECT_TRUE(get.may_get("VA 1 ka O123\r\nx\r\n"));
  EXPECT_FALSE(get.may_get("VA 1 ka O124\r\nx\r\n"));
  EXPECT_FALSE(get.may_get("VA 1 kb O123\r\nx\r\n"));
  EXPECT_FALSE(get.may_get("VA 1 ka\r\nx\r\n"));
  EXPECT_FALSE(get.may_get("VA 1\r\nx\r\n"));
  EXPECT_FALSE(get.may_get("VA 1 ka O123 O123\r\nx\r\n"));
  EXPECT_TRUE(get.may_get("EN\r\n"));
  EXPECT_TRUE(get.may_get("EN ka O123\r\n"));
  EXPECT_FALSE(get.may_get("EN ka O5\r\n"));

  EXPECT_TRUE(sent("ms a 1 O9 k\r\nx\r\n").may_get("NS O9 ka\r\n"));
  EXPECT_FALSE(sent("ms a 1 O9\r\nx\r\n").may_get("HD\r\n"));
  EXPECT_FALSE(sent("mg a\r\n").may_get("HD O9\r\n"));
}

TEST(memcache_expect, a_key_stored_in_base64_is_repeated_in_it) {
  EXPECT_TRUE(sent("mg b k\r\n").may_get("HD kYg==\r\n"));
  EXPECT_FALSE(sent("mg c k\r\n").may_get("HD kYg==\r\n"));
  EXPECT_TRUE(sent("me b\r\n").may_get("ME Yg== exp=-1\r\n"));
  EXPECT_FALSE(sent("me c\r\n").may_get("ME Yg== exp=-1\r\n"));
}

TEST(memcache_expect, a_key_asked_for_in_base64_is_repeated_as_it_is_kept) {
  const sent get("mg Zm9v b k O1\r\n");
  EXPECT_TRUE(get.may_get("HD kZm9v b O1\r\n"));
  EXPECT_TRUE(get.may_get("HD kfoo O1\r\n"));
  EXPECT_FALSE(get.may_get("HD kfop O1\r\n"));
  EXPECT_FALSE(get.may_get("HD kZm9w b O1\r\n"));
  EXPECT_FALSE(get.may_get("HD kWm05dg== b O1\r\n"));
  EXPECT_FALSE(get.may_get("HD kZm9v b O2\r\n"));
  EXPECT_FALSE(sent("mg Zm9v k\r\n").may_get("HD kfoo\r\n"));
  EXPECT_TRUE(sent("me Zm9v b\r\n").may_get("ME Zm9v exp=-1\r\n"));
  EXPECT_TRUE(sent("me Zm9v b\r\n").may_get("ME foo exp=-1\r\n"));
  EXPECT_FALSE(sent("me Zm9v b\r\n").may_get("ME fop exp=-1\r\n"));
}

TEST(memcache_base64, is_known_when_it_is_seen_and_decoded_only_as_it_would_be_written) {
  EXPECT_TRUE(is_base64_of("", ""));
  EXPECT_TRUE(is_base64_of("Zm9v", "foo"));
  EXPECT_TRUE(is_base64_of("Zm9vYg==", "foob"));
  EXPECT_TRUE(is_base64_of("Zm9vYmE=", "fooba"));
  EXPECT_TRUE(is_base64_of("+/8=", "\xfb\xff"));
  EXPECT_FALSE(is_base64_of("Zm9vYmF=", "fooba"));
  EXPECT_FALSE(is_base64_of("Zm9vYg", "foob"));
  std::string plain;
  EXPECT_TRUE(decode_base64("Zm9vYg==", plain) && plain == "foob");
  EXPECT_TRUE(decode_base64("+/8=", plain) && plain == "\xfb\xff");
  for (const char* const wrong :
       {"", "Zm9", "Zm9vYh==", "Zm=v", "====", "Zm9v!A==", "Zm9vYg==Zm9v"})
    EXPECT_FALSE(decode_base64(wrong, plain)) << wrong;
}

TEST(memcache_expect, a_meta_get_is_answered_with_a_value_if_it_asked_for_one) {
  EXPECT_TRUE(sent("mg a\r\n").may_get("HD\r\n"));
  EXPECT_FALSE(sent("mg a\r\n").may_get("VA 1\r\nx\r\n"));
  EXPECT_TRUE(sent("mg a s v\r\n").may_get("VA 1 s1\r\nx\r\n"));
  EXPECT_FALSE(sent("mg a v\r\n").may_get("HD\r\n"));
  EXPECT_TRUE(sent("ma a v\r\n").may_get("VA 1\r\n5\r\n"));
  EXPECT_FALSE(sent("ma a\r\n").may_get("VA 1\r\n5\r\n"));
}

TEST(memcache_expect, me_names_its_key) {
  EXPECT_TRUE(sent("me a\r\n").may_get("ME a exp=-1\r\n"));
  EXPECT_FALSE(sent("me a\r\n").may_get("ME b exp=-1\r\n"));
  EXPECT_TRUE(sent("me a\r\n").may_get("EN\r\n"));
}

TEST(memcache_expect, a_quiet_command_keeps_silent_about_what_was_to_be_expected) {
  EXPECT_TRUE(sent("mg a v q\r\n").keeps_silent_about(shape::en));
  EXPECT_FALSE(sent("mg a v q\r\n").keeps_silent_about(shape::va));
  EXPECT_FALSE(sent("mg a q\r\n").keeps_silent_about(shape::hd));
  for (const std::string request : {"ms a 0 q\r\n\r\n", "md a q\r\n", "ma a q\r\n"}) {
    const sent quiet(request);
    EXPECT_TRUE(quiet.keeps_silent_about(shape::hd)) << request;
    EXPECT_FALSE(quiet.keeps_silent_about(shape::nf | shape::ns | shape::ex | shape::error));
  }
  EXPECT_TRUE(sent("ma a q v\r\n").keeps_silent_about(shape::va));
  EXPECT_EQ(sent("mg a v\r\n").expected.silent, 0U);
}

TEST(memcache_expect, tells_reads_from_writes) {
  for (const char* line : {"get a\r\n", "gat 1 a\r\n", "mg a v\r\n", "me a\r\n"})
    EXPECT_EQ(sent(line).expected.kind, request_class::read) << line;
  for (const char* line : {"set a 0 0 1\r\nx\r\n", "incr a 1\r\n", "touch a 1\r\n", "md a\r\n"})
    EXPECT_EQ(sent(line).expected.kind, request_class::write) << line;
  EXPECT_EQ(sent("get a b c\r\n").expected_part.kind, request_class::read);
}

}  // namespace
}  // namespace dovetail::memcache
