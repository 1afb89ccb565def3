#include "protocol/memcache/response_parser.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

using test::texts;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t no_shape = 0;

struct seen {
  std::uint32_t shape = no_shape;
  std::int64_t count = 0;
  std::string relayed = {};
  texts echoes = {};

  bool operator==(const seen&) const = default;
};

void PrintTo(const seen& it, std::ostream* to) {
  *to << "shape " << it.shape << ", count " << it.count << ", relayed "
      << testing::PrintToString(it.relayed) << ", echoes " << testing::PrintToString(it.echoes);
}

struct outcome {
  std::vector<seen> responses;
  bool malformed = false;
  bool unfinished = false;

  bool operator==(const outcome&) const = default;
};

void PrintTo(const outcome& it, std::ostream* to) {
  *to << testing::PrintToString(it.responses) << (it.malformed ? " malformed" : "")
      << (it.unfinished ? " unfinished" : "");
}

outcome parse_pieces(const texts& pieces, const message_limits& limits) {
  block_pool pool;
  inbox from(pool);
  response_parser parser(limits);
  outcome all;
  for (const std::string& piece : pieces) {
    test::feed(from, piece);
    while (!from.empty()) {
      response found;
      const parse_status status = parser.parse(from, found);
      if (status == parse_status::incomplete) break;
      if (status == parse_status::malformed) {
        all.malformed = true;
        return all;
      }
      const std::string_view bytes = from.unread().substr(0, found.size);
      seen one{.shape = found.shape, .count = found.count};
      one.relayed = bytes.substr(found.relayed.offset, found.relayed.size);
      for (const extent& each : found.echoes) {
        one.echoes.emplace_back(bytes.substr(each.offset, each.size));
      }
      all.responses.push_back(one);
      from.consume(found.size);
    }
  }
  all.unfinished = !from.empty();
  return all;
}

outcome parse(std::string_view stream, const message_limits& limits = {}) {
  return test::same_for_every_split(
      stream, [&](const texts& pieces) { return parse_pieces(pieces, limits); });
}

// The one response in `stream`.
seen one(std::string_view stream) {
  const outcome all = parse(stream);
  EXPECT_EQ(all.responses.size(), 1U) << stream;
  EXPECT_FALSE(all.malformed || all.unfinished) << stream;
  return all.responses.empty() ? seen() : all.responses[0];
}

bool is_malformed(std::string_view stream) {
  return parse(stream).malformed;
}

TEST(memcache_response_parser, knows_the_lines_of_the_classic_commands) {
  EXPECT_EQ(one("STORED\r\n").shape, shape::stored);
  EXPECT_EQ(one("NOT_STORED\r\n").shape, shape::not_stored);
  EXPECT_EQ(one("EXISTS\r\n").shape, shape::exists);
  EXPECT_EQ(one("NOT_FOUND\r\n").shape, shape::not_found);
  EXPECT_EQ(one("DELETED\r\n").shape, shape::deleted);
  EXPECT_EQ(one("TOUCHED\r\n").shape, shape::touched);
  EXPECT_EQ(one("OK\r\n").shape, shape::ok);
  EXPECT_EQ(one("18446744073709551615\r\n").shape, shape::number);
  EXPECT_EQ(one("VERSION 1.6.18\r\n").shape, shape::version);
  EXPECT_EQ(one("STORED\r\n").relayed, "STORED\r\n");
}

TEST(memcache_response_parser, knows_errors_with_and_without_a_text) {
  for (const std::string line :
       {"ERROR\r\n", "ERROR no\r\n", "CLIENT_ERROR bad\r\n",
        "SERVER_ERROR out of memory storing object\r\n", "SERVER_ERROR\r\n", "SERVER_ERROR \r\n"}) {
    EXPECT_EQ(one(line).shape, shape::error) << line;
    EXPECT_EQ(one(line).relayed, line);
  }
}

TEST(memcache_response_parser, takes_values_until_end) {
  EXPECT_EQ(one("END\r\n"), (seen{.shape = shape::end, .relayed = "END\r\n"}));

  const std::string two = "VALUE a 0 5\r\nhello\r\nVALUE b 4294967295 0\r\n\r\nEND\r\n";
  EXPECT_EQ(one(two),
            (seen{.shape = shape::values, .count = 2, .relayed = two, .echoes = {"a", "b"}}));

  const std::string unique = "VALUE a 0 1 18446744073709551615\r\nx\r\nEND\r\n";
  EXPECT_EQ(one(unique),
            (seen{.shape = shape::values_unique, .count = 1, .relayed = unique, .echoes = {"a"}}));
}

TEST(memcache_response_parser, takes_a_value_by_its_length_whatever_is_in_it) {
  EXPECT_THAT(one("VALUE a 0 12\r\nEND\r\nVALUE \r\r\nEND\r\n").echoes, ElementsAre("a"));
}

TEST(memcache_response_parser, an_error_in_the_place_of_end_is_all_the_client_gets) {
  const std::string error = "SERVER_ERROR out of memory writing get response\r\n";
  EXPECT_EQ(one("VALUE a 0 1\r\nx\r\n" + error),
            (seen{.shape = shape::error, .count = 1, .relayed = error, .echoes = {"a"}}));
}

TEST(memcache_response_parser, knows_the_codes_of_meta_commands) {
  EXPECT_EQ(one("HD\r\n"), (seen{.shape = shape::hd, .relayed = "HD\r\n"}));
  EXPECT_EQ(one("EN\r\n").shape, shape::en);
  EXPECT_EQ(one("NS k1\r\n").shape, shape::ns);
  EXPECT_EQ(one("EX\r\n").shape, shape::ex);
  EXPECT_EQ(one("NF\r\n").shape, shape::nf);
  EXPECT_EQ(one("MN\r\n").shape, shape::mn);
  EXPECT_THAT(one("HD f0 kkey t-1 Oopaque W\r\n").echoes, ElementsAre("kkey", "Oopaque"));
  EXPECT_THAT(one("ME key exp=-1 la=1 cas=2 fetch=no cls=1 size=62\r\n").echoes,
              ElementsAre("key"));
}

TEST(memcache_response_parser, takes_the_value_of_a_meta_response_by_its_length) {
  const std::string value = "VA 4 s4 ka O1\r\nHD\r\n\r\n";
  EXPECT_EQ(one(value), (seen{.shape = shape::va, .relayed = value, .echoes = {"ka", "O1"}}));
  EXPECT_EQ(one("VA 0\r\n\r\n").shape, shape::va);
}

TEST(memcache_response_parser, finds_one_response_behind_the_other) {
  const outcome all = parse("STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nEND\r\n5\r\nVA 1\r\nx\r\nHD\r\n");

  std::vector<std::uint32_t> shapes;
  shapes.reserve(all.responses.size());
  for (const seen& each : all.responses)
    shapes.push_back(each.shape);
  EXPECT_THAT(shapes, ElementsAre(shape::stored, shape::values, shape::end, shape::number,
                                  shape::va, shape::hd));
  EXPECT_FALSE(all.malformed || all.unfinished);
}

TEST(memcache_response_parser, waits_for_the_rest) {
  for (const std::string part :
       {"STORED", "VALUE a 0 5", "VALUE a 0 5\r\nhel", "VALUE a 0 1\r\nx\r\n",
        "VALUE a 0 1\r\nx\r\nEN", "VA 5\r\nhello"}) {
    const outcome all = parse(part);
    EXPECT_TRUE(all.unfinished) << part;
    EXPECT_THAT(all.responses, IsEmpty()) << part;
  }
}

TEST(memcache_response_parser, lets_nothing_pass_that_memcached_does_not_write) {
  for (const std::string stream : {"\r\n",
                                   "\n",
                                   "STORED\n",
                                   "STORED \r\n",
                                   "stored\r\n",
                                   "STOREDX\r\n",
                                   "-1\r\n",
                                   "1 2\r\n",
                                   "18446744073709551616\r\n",
                                   "ERRORX\r\n",
                                   "VERSION\r\n",
                                   "+OK\r\n",
                                   "$3\r\n",
                                   "XX\r\n",
                                   "VALUE\r\n",
                                   "VALUE a\r\n",
                                   "VALUE a 0\r\n",
                                   "VALUE a 0 x\r\n",
                                   "VALUE a 0 -1\r\n",
                                   "VALUE a x 1\r\n",
                                   "VALUE a 4294967296 1\r\n",
                                   "VALUE a 0 1 \r\n",
                                   "VALUE a 0 1 x\r\n",
                                   "VALUE a 0 1 18446744073709551616\r\n",
                                   "VALUE a 0 1 1 1\r\n",
                                   "VALUE  a 0 1\r\n",
                                   "VALUE a\tb 0 1\r\n",
                                   "VALUE a 0 2147483648\r\n",
                                   "VALUE a 0 1\r\nxEND\r\n",
                                   "VALUE a 0 1\r\nxy\r\nEND\r\n",
                                   "VALUE a 0 1\r\nx\n\nEND\r\n",
                                   "VALUE a 0 1\r\nx\r\nSTORED\r\n",
                                   "VALUE a 0 1\r\nx\r\n5\r\n",
                                   "VALUE a 0 1\r\nx\r\nHD\r\n",
                                   "VALUE a 0 1\r\nx\r\nVALUE b 0 1 5\r\nx\r\nEND\r\n",
                                   "VA\r\n",
                                   "VA x\r\n",
                                   "VA -1\r\n",
                                   "VA 1\r\nxy\r\n",
                                   "HDX\r\n"}) {
    EXPECT_TRUE(is_malformed(stream)) << stream;
  }
  EXPECT_TRUE(is_malformed("VALUE " + std::string(251, 'k') + " 0 1\r\n"));
}

TEST(memcache_response_parser, refuses_a_line_at_its_first_wrong_byte) {
  const std::string key(251, 'k');
  for (const std::string& begun : {std::string("s"),
                                   std::string("STORED "),
                                   std::string("STOREDX"),
                                   std::string("ERRORS"),
                                   std::string("ENDE"),
                                   std::string("-"),
                                   std::string("1 "),
                                   std::string("18446744073709551616"),
                                   std::string("VERSION\r"),
                                   std::string("VALUE\r"),
                                   std::string("VALUE  "),
                                   std::string("VALUE a\t"),
                                   std::string("VALUE a\r"),
                                   std::string("VALUE a x"),
                                   std::string("VALUE a 4294967296"),
                                   std::string("VALUE a 0 -"),
                                   std::string("VALUE a 0 2147483646"),
                                   std::string("VALUE a 0 1 \r"),
                                   std::string("VALUE a 0 1 x"),
                                   std::string("VALUE a 0 1 18446744073709551616"),
                                   std::string("VALUE a 0 1 1 "),
                                   std::string("VALUE a 0 1\rx"),
                                   std::string("STAT  "),
                                   std::string("STAT \r"),
                                   std::string("STAT a\t"),
                                   std::string("HDX"),
                                   std::string("VA\r"),
                                   std::string("VA  "),
                                   std::string("VA 1x"),
                                   std::string("HD k\rx"),
                                   std::string("VA 1\r\nxy"),
                                   std::string("VA 1\r\nx\rx"),
                                   "VALUE " + key,
                                   std::string("VALUE a 0 1\r\nx\r\nST"),
                                   std::string("VALUE a 0 1\r\nx\r\nEN\r"),
                                   std::string("VALUE a 0 0\r\n\r\nVALUE b 0 0 "),
                                   std::string("VALUE a 0 0 1\r\n\r\nVALUE b 0 0\r"),
                                   std::string("STAT a b\r\nV")}) {
    EXPECT_TRUE(parse(begun).malformed) << begun;
  }
}

TEST(memcache_response_parser, bounds_lines_and_messages) {
  const message_limits limits{.message_bytes_max = 100, .line_bytes_max = 50};
  EXPECT_TRUE(parse(std::string(51, 'x'), limits).malformed);
  EXPECT_TRUE(parse("VALUE a 0 200\r\n", limits).malformed);
  EXPECT_TRUE(parse("VA 200\r\n", limits).malformed);
  const std::string value = "VALUE a 0 60\r\n" + std::string(60, 'x') + "\r\n";
  EXPECT_FALSE(parse(value + "END\r\n", limits).malformed);
  EXPECT_TRUE(parse(value + value + "END\r\n", limits).malformed);
  const std::string statistic = "STAT a " + std::string(40, 'x') + "\r\n";
  EXPECT_FALSE(parse(statistic + statistic + "END\r\n", limits).malformed);
  EXPECT_TRUE(parse(statistic + statistic + statistic + "END\r\n", limits).malformed);
}

}  // namespace
}  // namespace dovetail::memcache
