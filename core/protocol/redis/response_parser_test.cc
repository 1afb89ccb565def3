#include "protocol/redis/response_parser.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "protocol/redis/shapes.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

struct seen_response {
  std::string bytes;
  std::uint32_t shape = 0;
  std::int64_t count = 0;

  bool operator==(const seen_response&) const = default;
};

std::ostream& operator<<(std::ostream& out, const seen_response& shown) {
  return out << testing::PrintToString(shown.bytes) << " shape " << shown.shape << " count "
             << shown.count;
}

struct outcome {
  std::vector<seen_response> responses;
  bool malformed = false;
  std::size_t unread = 0;

  bool operator==(const outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& shown) {
  for (const seen_response& each : shown.responses)
    out << each << "; ";
  return out << (shown.malformed ? "malformed" : "") << ", unread " << shown.unread;
}

// A server whose bytes come in pieces.
class server {
 public:
  explicit server(const message_limits& limits) : parser_(limits) {}

  void sends(std::string_view piece) {
    deliver(in_, piece, [&] { read(); });
  }
  outcome result() const { return {so_far_.responses, so_far_.malformed, in_.size()}; }
  block_pool& pool() { return pool_; }

 private:
  void read() {
    for (response found;;) {
      const parse_status status = parser_.parse(in_, found);
      so_far_.malformed |= status == parse_status::malformed;
      if (status != parse_status::complete) return;
      EXPECT_EQ(found.relayed.offset, 0U);
      EXPECT_EQ(found.relayed.size, found.size);
      so_far_.responses.push_back(
          {std::string(in_.unread().substr(0, found.size)), found.shape, found.count});
      in_.consume(found.size);
    }
  }

  block_pool pool_;
  inbox in_{pool_};
  response_parser parser_;
  outcome so_far_;
};

outcome in_pieces(std::string_view bytes,
                  const message_limits& limits,
                  std::size_t first,
                  std::size_t rest) {
  server from(limits);
  from.sends(bytes.substr(0, first));
  for (std::size_t at = first; at < bytes.size(); at += rest)
    from.sends(bytes.substr(at, rest));
  return from.result();
}

// Whole, byte by byte, and cut in two at every place (at 1000 of them, when it is long): what is
// found is the same. Returns it.
outcome reads(std::string_view bytes, const message_limits& limits = {}) {
  const outcome whole = in_pieces(bytes, limits, bytes.size(), 1);
  const outcome bytewise = in_pieces(bytes, limits, 0, 1);
  EXPECT_EQ(bytewise.responses, whole.responses);
  EXPECT_EQ(bytewise.malformed, whole.malformed);
  const std::size_t step = 1 + bytes.size() / 1000;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
    EXPECT_EQ(in_pieces(bytes, limits, cut, bytes.size()), whole) << "cut at " << cut;
  }
  return whole;
}

seen_response reads_one(std::string_view bytes) {
  const outcome found = reads(bytes);
  EXPECT_EQ(found.responses.size(), 1U) << found;
  EXPECT_EQ(found.unread, 0U) << found;
  return found.responses.empty() ? seen_response() : found.responses.front();
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int at = 0; at < times; ++at)
    all += text;
  return all;
}

}  // namespace

TEST(response_parser, tells_the_shapes_apart) {
  EXPECT_EQ(reads_one("+OK\r\n").shape, shape::status);
  EXPECT_EQ(reads_one("-ERR no\r\n").shape, shape::error);
  EXPECT_EQ(reads_one(":-5\r\n").shape, shape::integer);
  EXPECT_EQ(reads_one("$3\r\nabc\r\n").shape, shape::bulk);
  EXPECT_EQ(reads_one("$0\r\n\r\n").shape, shape::bulk);
  EXPECT_EQ(reads_one("$-1\r\n").shape, shape::null_bulk);
  EXPECT_EQ(reads_one("*1\r\n:1\r\n").shape, shape::array);
  EXPECT_EQ(reads_one("*0\r\n").shape, shape::array);
  EXPECT_EQ(reads_one("*-1\r\n").shape, shape::null_array);
}

TEST(response_parser, counts_the_elements_of_the_outermost_array) {
  EXPECT_EQ(reads_one("*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n$1\r\na\r\n").count, 2);
  EXPECT_EQ(reads_one("*0\r\n").count, 0);
  EXPECT_EQ(reads_one("*3\r\n*-1\r\n*0\r\n$-1\r\n").count, 3);
}

TEST(response_parser, finds_each_of_many) {
  const outcome found = reads("*1\r\n$1\r\na\r\n+OK\r\n:7\r\n$-1\r\n-ERR\r\n");

  EXPECT_THAT(found.responses,
              testing::ElementsAre(seen_response{"*1\r\n$1\r\na\r\n", shape::array, 1},
                                   seen_response{"+OK\r\n", shape::status, 0},
                                   seen_response{":7\r\n", shape::integer, 0},
                                   seen_response{"$-1\r\n", shape::null_bulk, 0},
                                   seen_response{"-ERR\r\n", shape::error, 0}));
}

// An error without a space cost twemproxy's next client its reply (issue 404).
TEST(response_parser, takes_errors_of_any_text) {
  for (const char* const error : {"-\r\n", "-ERR\r\n", "- \r\n", "-OOM no\r\n", "--\r\n"}) {
    EXPECT_EQ(reads_one(error).shape, shape::error) << error;
  }
}

TEST(response_parser, does_not_look_into_payload) {
  EXPECT_EQ(reads_one("$15\r\n\r\n+OK\r\n-ERR\r\n\r\n\r\n").shape, shape::bulk);
}

TEST(response_parser, reads_arrays_as_deep_as_is_allowed) {
  const message_limits shallow{.nesting_max = 3};

  EXPECT_EQ(reads(repeated("*1\r\n", 3) + ":1\r\n", shallow).responses.size(), 1U);
  EXPECT_EQ(reads(repeated("*1\r\n", 3) + "*0\r\n", shallow).responses.size(), 1U);
  EXPECT_TRUE(reads(repeated("*1\r\n", 4), shallow).malformed);
  EXPECT_TRUE(reads(repeated("*1\r\n", 100'000)).malformed);
}

TEST(response_parser, closes_arrays_that_end_together) {
  const outcome found = reads("*2\r\n:1\r\n*1\r\n*2\r\n:1\r\n:2\r\n+next\r\n");

  ASSERT_EQ(found.responses.size(), 2U);
  EXPECT_EQ(found.responses[1].bytes, "+next\r\n");
}

TEST(response_parser, refuses_what_is_larger_than_a_message) {
  const message_limits small{.message_bytes_max = 100, .line_bytes_max = 20};

  EXPECT_EQ(reads("$100\r\n" + std::string(100, 'x') + "\r\n", small).responses.size(), 1U);
  EXPECT_TRUE(reads("$101\r\n", small).malformed);
  EXPECT_TRUE(reads("*2\r\n$50\r\n" + std::string(50, 'x') + "\r\n$70\r\n", small).malformed);
  EXPECT_TRUE(reads("*50\r\n", small).malformed);
  EXPECT_TRUE(reads("+" + std::string(130, 'x'), small).malformed);
  EXPECT_TRUE(reads("$" + std::string(21, '1'), small).malformed);
  EXPECT_TRUE(reads(repeated("*1\r\n", 30) + "*1\r\n", small).malformed);
}

TEST(response_parser, refuses_a_reply_at_its_first_wrong_byte) {
  for (const char* const begun : {"x",          "\r",
                                  "\n",         ":x",
                                  ":+",         ":-0",
                                  ":01",        ":\r",
                                  ":1x",        ":9223372036854775808",
                                  "$-2",        "$-0",
                                  "$536870913", "*-2",
                                  "*x",         "+a\rb",
                                  "-\r\r",      "+a\n",
                                  "$1\r\r",     "$1\r\nxy",
                                  "$1\r\nx\n",  "$1\r\nx\rx",
                                  "*1\r\n_",    "*1\r\n$1\r\nxx"}) {
    EXPECT_TRUE(reads(begun).malformed) << begun;
  }
  for (const char* const begun : {"+", "+\r", "-a b", ":", ":-", ":-9223372036854775808", "$-",
                                  "$-1", "$1\r\n\n\r", "*-", "*-1\r", "*0"}) {
    EXPECT_FALSE(reads(begun).malformed) << begun;
  }
}

TEST(response_parser, stays_malformed) {
  server from({});
  from.sends("$-5\r\n");
  from.sends("+OK\r\n");

  EXPECT_TRUE(from.result().malformed);
  EXPECT_THAT(from.result().responses, testing::IsEmpty());
}

TEST(response_parser, reads_a_large_value_in_linear_time_byte_by_byte) {
  const std::string bytes = "$1048576\r\n" + std::string(1U << 20, 'v') + "\r\n";
  const auto begun = std::chrono::steady_clock::now();
  server from({});
  for (const char& byte : bytes)
    from.sends({&byte, 1});

  EXPECT_EQ(from.result().responses.size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST(response_parser, finds_room_for_a_large_value_at_once) {
  server from({});
  from.sends("$900000\r\n" + std::string(900'000, 'v') + "\r\n");

  EXPECT_EQ(from.result().responses.size(), 1U);
  EXPECT_LE(from.pool().allocations(), 2U);
}

TEST(response_parser, reads_the_fixtures_the_same_however_they_are_cut) {
  for (const auto& file : fixture_files("responses/valid")) {
    SCOPED_TRACE(file);
    const outcome found = reads(read_file(file));
    EXPECT_FALSE(found.responses.empty());
    EXPECT_EQ(found.unread, 0U);
  }
  for (const auto& file : fixture_files("responses/malformed")) {
    SCOPED_TRACE(file);
    EXPECT_TRUE(reads(read_file(file)).malformed);
  }
}

}  // namespace dovetail::redis
