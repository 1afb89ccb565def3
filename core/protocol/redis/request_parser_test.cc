#include "protocol/redis/request_parser.h"

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
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/test_support.h"

namespace dovetail::redis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr message_limits small_limits{
    .message_bytes_max = 1000, .arguments_max = 20, .line_bytes_max = 64};

// What became of a stream.
struct outcome {
  std::vector<seen_request> requests;
  std::string error;       // of the end, if it was malformed
  std::size_t unread = 0;  // bytes not consumed

  bool operator==(const outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& shown) {
  for (const seen_request& each : shown.requests)
    out << each << "; ";
  return out << "error '" << shown.error << "', unread " << shown.unread;
}

// A client whose bytes come in pieces.
class client {
 public:
  explicit client(const message_limits& limits) : parser_(limits) {}

  void sends(std::string_view piece) {
    deliver(in_, piece, [&] { read(); });
  }
  outcome result() const { return {so_far_.requests, so_far_.error, in_.size()}; }
  const request& last() const { return last_; }
  request_parser& parser() { return parser_; }
  block_pool& pool() { return pool_; }

 private:
  void read() {
    for (;;) {
      const parse_status status = parser_.parse(in_, last_);
      if (status == parse_status::malformed) so_far_.error = parser_.error();
      if (status != parse_status::complete) return;
      so_far_.requests.push_back(seen(last_));
      in_.consume(last_.consumed);
    }
  }

  block_pool pool_;
  inbox in_{pool_};
  request_parser parser_;
  request last_;
  outcome so_far_;
};

outcome in_pieces(std::string_view bytes,
                  const message_limits& limits,
                  std::size_t first,
                  std::size_t rest) {
  client from(limits);
  from.sends(bytes.substr(0, first));
  for (std::size_t at = first; at < bytes.size(); at += rest)
    from.sends(bytes.substr(at, rest));
  return from.result();
}

// Whole, byte by byte, and cut in two at every place (at 1000 of them, when it is long): what is
// found is the same. Returns it.
outcome reads(std::string_view bytes, const message_limits& limits = {}) {
  const outcome whole = in_pieces(bytes, limits, bytes.size(), 1);
  EXPECT_EQ(in_pieces(bytes, limits, 0, 1), whole);
  const std::size_t step = 1 + bytes.size() / 1000;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
    EXPECT_EQ(in_pieces(bytes, limits, cut, bytes.size()), whole) << "cut at " << cut;
  }
  return whole;
}

// The one request in `bytes`.
seen_request reads_one(std::string_view bytes) {
  const outcome found = reads(bytes);
  EXPECT_EQ(found.requests.size(), 1U) << found;
  EXPECT_EQ(found.unread, 0U) << found;
  return found.requests.empty() ? seen_request() : found.requests.front();
}

std::string refusal_of(std::string_view bytes, const message_limits& limits = {}) {
  const outcome found = reads(bytes, limits);
  EXPECT_THAT(found.requests, IsEmpty()) << found;
  return found.error;
}

}  // namespace

TEST(request_parser, finds_an_array_with_its_arguments_and_keys) {
  const std::string bytes = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\n";
  const seen_request found = reads_one(bytes);

  EXPECT_THAT(found.arguments, ElementsAre("SET", "a", "hello"));
  EXPECT_THAT(found.keys, ElementsAre("a"));
  EXPECT_EQ(found.bytes, bytes);
  EXPECT_EQ(found.consumed, bytes.size());
  EXPECT_EQ(found.command, "set");
  EXPECT_TRUE(found.canonical);
}

TEST(request_parser, finds_each_of_a_pipeline) {
  const outcome found =
      reads(resp({"GET", "a"}) + resp({"mget", "b", "c", "b"}) + "PING\r\n" + resp({"GET", ""}));

  ASSERT_EQ(found.requests.size(), 4U);
  EXPECT_THAT(found.requests[0].keys, ElementsAre("a"));
  EXPECT_THAT(found.requests[1].keys, ElementsAre("b", "c", "b"));
  EXPECT_THAT(found.requests[2].arguments, ElementsAre("PING"));
  EXPECT_THAT(found.requests[3].keys, ElementsAre(""));
  EXPECT_EQ(found.unread, 0U);
}

TEST(request_parser, takes_any_byte_as_payload) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte)
    every += static_cast<char>(byte);
  const std::string tricky = "\r\n*1\r\n$4\r\nPING\r\n";
  const seen_request found = reads_one(resp({"SET", every, tricky}));

  EXPECT_THAT(found.arguments, ElementsAre("SET", every, tricky));
  EXPECT_TRUE(found.canonical);
}

TEST(request_parser, waits_for_the_last_byte) {
  const std::string bytes = resp({"GET", "a"});
  const outcome found = reads(bytes.substr(0, bytes.size() - 1));

  EXPECT_THAT(found.requests, IsEmpty());
  EXPECT_EQ(found.error, "");
}

TEST(request_parser, finds_an_inline_request_as_the_array_it_means) {
  const seen_request found = reads_one("set  greeting \"hello world\"\r\n");

  EXPECT_EQ(found.bytes, resp({"set", "greeting", "hello world"}));
  EXPECT_EQ(found.consumed, std::string_view("set  greeting \"hello world\"\r\n").size());
  EXPECT_THAT(found.keys, ElementsAre("greeting"));
  EXPECT_TRUE(found.canonical);
}

TEST(request_parser, ends_an_inline_request_at_a_bare_newline) {
  const outcome found = reads("GET a\nGET b\r\n");

  ASSERT_EQ(found.requests.size(), 2U);
  EXPECT_THAT(found.requests[0].arguments, ElementsAre("GET", "a"));
  EXPECT_THAT(found.requests[1].arguments, ElementsAre("GET", "b"));
}

TEST(request_parser, splits_words_as_redis_does) {
  const auto words = [](std::string_view line) {
    return reads_one(std::string(line) + "\r\n").arguments;
  };

  EXPECT_THAT(words("echo \"\\x41\\n\\r\\t\\b\\a\\q\\\"\\x4g\""),
              ElementsAre("echo", "A\n\r\t\b\aq\"x4g"));
  EXPECT_THAT(words("echo 'a\\'b\\n\"'"), ElementsAre("echo", "a'b\\n\""));
  EXPECT_THAT(words("echo a\\x41"), ElementsAre("echo", "a\\x41"));
  EXPECT_THAT(words("echo ab\"c d\""), ElementsAre("echo", "abc d"));
  EXPECT_THAT(words("echo \"\" ''"), ElementsAre("echo", "", ""));
  EXPECT_THAT(words("echo \"a\"\t'b'"), ElementsAre("echo", "a", "b"));
  EXPECT_THAT(words("echo\ta\rb \v\fc\vd"), ElementsAre("echo", "a", "b", "c\vd"));
  EXPECT_THAT(words("\"\""), ElementsAre(""));
}

TEST(request_parser, refuses_unbalanced_quotes) {
  const std::string why = "-ERR Protocol error: unbalanced quotes in request\r\n";

  EXPECT_EQ(refusal_of("get \"a\r\n"), why);
  EXPECT_EQ(refusal_of("get 'a\r\n"), why);
  EXPECT_EQ(refusal_of("get \"a\"b\r\n"), why);
  EXPECT_EQ(refusal_of("get 'a'b\r\n"), why);
  EXPECT_EQ(refusal_of("get \"a\\\r\n"), why);
  EXPECT_EQ(refusal_of("get \"a\\\"\r\n"), why);
}

TEST(request_parser, finds_requests_without_arguments_where_nothing_is_asked) {
  for (const std::string_view nothing :
       {"\r\n", "\n", " \t\r\n", "*0\r\n", "*-1\r\n", "*-9223372036854775808\r\n"}) {
    const outcome found = reads(std::string(nothing) + resp({"GET", "a"}));

    ASSERT_EQ(found.requests.size(), 2U) << nothing;
    EXPECT_THAT(found.requests[0].arguments, IsEmpty());
    EXPECT_EQ(found.requests[0].consumed, nothing.size());
    EXPECT_THAT(found.requests[1].keys, ElementsAre("a"));
  }
}

TEST(request_parser, marks_what_it_only_tolerates) {
  for (const std::string_view loose :
       {"*2\rX$3\r\nGET\r\n$1\r\na\r\n", "*2\r\n$3\rXGET\r\n$1\r\na\r\n",
        "*2\r\n$3\r\nGETzz$1\r\na\r\n", "*2\r\n$3\r\nGET\r\n$1\r\na\n\n"}) {
    const seen_request found = reads_one(loose);

    EXPECT_FALSE(found.canonical) << loose;
    EXPECT_THAT(found.arguments, ElementsAre("GET", "a")) << loose;
  }
}

TEST(request_parser, forgets_the_looseness_of_the_request_before) {
  const outcome found = reads("*1\rX$4\r\nPING\r\n" + resp({"PING"}));

  ASSERT_EQ(found.requests.size(), 2U);
  EXPECT_TRUE(found.requests[1].canonical);
}

TEST(request_parser, refuses_what_redis_refuses_in_the_same_words) {
  const std::string array = "-ERR Protocol error: invalid multibulk length\r\n";
  const std::string bulk = "-ERR Protocol error: invalid bulk length\r\n";
  for (const char* const header : {"*01\r\n", "*+1\r\n", "*-0\r\n", "*\r\n", "* 1\r\n", "*1 \r\n",
                                   "*1\n$4\r\n", "*x\r\n", "*1048577\r\n", "*4294967297\r\n",
                                   "*9223372036854775808\r\n", "*-9223372036854775809\r\n"}) {
    EXPECT_EQ(refusal_of(header), array) << header;
  }
  for (const char* const header :
       {"$-1\r\n", "$04\r\n", "$\r\n", "$+4\r\n", "$4 \r\n", "$536870913\r\n", "$4294967299\r\n",
        "$18446744073709551617\r\n", "$4\n\r\n"}) {
    EXPECT_EQ(refusal_of(std::string("*1\r\n") + header), bulk) << header;
  }
  EXPECT_EQ(refusal_of("*1\r\nPING\r\n"), "-ERR Protocol error: expected '$', got 'P'\r\n");
  EXPECT_EQ(refusal_of("*1\r\n:4\r\n"), "-ERR Protocol error: expected '$', got ':'\r\n");
  EXPECT_EQ(refusal_of("*1\r\n\r\n"), "-ERR Protocol error: expected '$', got ' '\r\n");
  EXPECT_EQ(refusal_of("*1\r\n\n\r\n"), "-ERR Protocol error: expected '$', got ' '\r\n");
}

TEST(request_parser, refuses_lines_that_are_too_long) {
  const std::string at_most(64, '1');

  EXPECT_EQ(reads(at_most + "\n", small_limits).requests.size(), 1U);
  EXPECT_EQ(reads(at_most, small_limits).error, "");
  EXPECT_EQ(refusal_of(at_most + "1", small_limits),
            "-ERR Protocol error: too big inline request\r\n");
  EXPECT_EQ(refusal_of(at_most + "1\n", small_limits),
            "-ERR Protocol error: too big inline request\r\n");
}

TEST(request_parser, refuses_a_header_at_its_first_wrong_byte) {
  for (const char* const begun : {"*x", "*+", "*01", "*-0", "* ", "*\r", "*1 ", "*1\n", "*21"}) {
    EXPECT_EQ(refusal_of(begun, small_limits), "-ERR Protocol error: invalid multibulk length\r\n")
        << begun;
  }
  for (const char* const begun : {"$x", "$-", "$00", "$\r", "$4\n", "$1001"}) {
    EXPECT_EQ(refusal_of(std::string("*1\r\n") + begun, small_limits),
              "-ERR Protocol error: invalid bulk length\r\n")
        << begun;
  }
  EXPECT_EQ(refusal_of("*1\r\nP"), "-ERR Protocol error: expected '$', got 'P'\r\n");
  EXPECT_EQ(refusal_of("*1\r\n\r"), "-ERR Protocol error: expected '$', got ' '\r\n");
  EXPECT_EQ(reads("*9223372036854775807", {.arguments_max = 1U << 30}).error,
            "-ERR Protocol error: invalid multibulk length\r\n");
  EXPECT_EQ(reads("*-9223372036854775808").error, "");
}

TEST(request_parser, refuses_messages_that_are_too_large) {
  EXPECT_EQ(refusal_of("*1\r\n$1001\r\n", small_limits),
            "-ERR Protocol error: invalid bulk length\r\n");
  EXPECT_EQ(refusal_of("*2\r\n$100\r\n" + std::string(100, 'k') + "\r\n$1000\r\n", small_limits),
            "-ERR Protocol error: too big request\r\n");
  EXPECT_EQ(reads(resp({"GET", std::string(1000, 'k')}), small_limits).requests.size(), 1U);
  EXPECT_EQ(refusal_of("*21\r\n", small_limits),
            "-ERR Protocol error: invalid multibulk length\r\n");
}

TEST(request_parser, takes_little_of_who_has_not_said_the_password) {
  const auto as_stranger = [](std::string_view bytes) {
    client from({});
    from.parser().trust(false);
    from.sends(bytes);
    return from.result();
  };
  EXPECT_EQ(as_stranger("*11\r\n").error,
            "-ERR Protocol error: unauthenticated multibulk length\r\n");
  EXPECT_EQ(as_stranger("*1\r\n$16385\r\n").error,
            "-ERR Protocol error: unauthenticated bulk length\r\n");
  EXPECT_EQ(as_stranger(resp(std::vector<std::string>(10, "a"))).requests.size(), 1U);
  EXPECT_EQ(as_stranger(resp({"AUTH", std::string(16384, 'p')})).requests.size(), 1U);

  client from({});
  from.parser().trust(false);
  from.sends(resp({"AUTH", "p"}));
  from.parser().trust(true);
  from.sends(resp({"SET", "k", std::string(16385, 'v')}));
  EXPECT_EQ(from.result().requests.size(), 2U);
}

TEST(request_parser, refuses_more_words_than_an_array_may_have) {
  const message_limits few{.arguments_max = 2};

  EXPECT_EQ(reads("GET a\n", few).requests.size(), 1U);
  EXPECT_EQ(refusal_of("MGET a b\n", few), "-ERR Protocol error: invalid multibulk length\r\n");
}

TEST(request_parser, refuses_a_nul_in_an_inline_request) {
  EXPECT_EQ(refusal_of(std::string_view("GET a\0", 6)),
            "-ERR Protocol error: NUL in inline request\r\n");
  EXPECT_EQ(refusal_of(std::string_view("GET a\0b\r\n", 9)),
            "-ERR Protocol error: NUL in inline request\r\n");
}

TEST(request_parser, refuses_http) {
  const std::string why = "-ERR Protocol error: this is not an HTTP server\r\n";

  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\n"), why);
  EXPECT_EQ(refusal_of("Host: localhost\r\n"), why);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n"), why);
  EXPECT_EQ(refusal_of("OPTIONS /a HTTP/1.0\r\n"), why);
  EXPECT_EQ(refusal_of(resp({"post"})), why);
  EXPECT_EQ(reads(resp({"SET", "page", "HTTP/1.1 200 OK"})).error, "");
  EXPECT_EQ(reads(resp({"SET", "version", "HTTP/1.1"})).error, "");
}

TEST(request_parser, keeps_the_requests_before_a_malformed_one) {
  const outcome found = reads(resp({"GET", "a"}) + "*x\r\n" + resp({"GET", "b"}));

  ASSERT_EQ(found.requests.size(), 1U);
  EXPECT_THAT(found.requests[0].keys, ElementsAre("a"));
  EXPECT_EQ(found.error, "-ERR Protocol error: invalid multibulk length\r\n");
}

TEST(request_parser, stays_malformed) {
  client from({});
  from.sends("*x\r\n");
  from.sends(resp({"GET", "a"}));

  EXPECT_THAT(from.result().requests, IsEmpty());
}

TEST(request_parser, looks_for_no_keys_where_the_arity_is_wrong) {
  EXPECT_THAT(reads_one("eval s\r\n").keys, IsEmpty());
  EXPECT_THAT(reads_one("migrate a b\r\n").keys, IsEmpty());
  EXPECT_EQ(reads_one("eval s\r\n").refusal, "");
}

TEST(request_parser, reads_a_large_value_in_linear_time_byte_by_byte) {
  const std::string bytes = resp({"SET", "k", std::string(1U << 20, 'v')});
  const auto begun = std::chrono::steady_clock::now();
  client from({});
  for (const char& byte : bytes)
    from.sends({&byte, 1});

  EXPECT_EQ(from.result().requests.size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST(request_parser, reads_a_long_unfinished_line_in_linear_time_byte_by_byte) {
  const message_limits wide{.line_bytes_max = 1U << 20};
  const std::string line(1U << 20, 'v');
  const auto begun = std::chrono::steady_clock::now();
  client from(wide);
  for (const char& byte : line)
    from.sends({&byte, 1});

  EXPECT_EQ(from.result().error, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST(request_parser, finds_room_for_a_large_value_at_once) {
  const std::string bytes = resp({"SET", "k", std::string(900'000, 'v')});
  client from({});
  from.sends(bytes);

  EXPECT_EQ(from.result().requests.size(), 1U);
  EXPECT_LE(from.pool().allocations(), 2U);
}

TEST(request_parser, needs_no_new_blocks_in_the_steady_state) {
  const std::string bytes = resp({"MSET", "a", "1", "b", "2"}) + "GET a\r\n" + resp({"GET", "a"});
  client from({});
  for (int round = 0; round < 100; ++round)
    from.sends(bytes);
  const std::uint64_t allocations = from.pool().allocations();
  for (int round = 0; round < 1000; ++round)
    from.sends(bytes);

  EXPECT_EQ(from.pool().allocations(), allocations);
}

TEST(request_parser, takes_a_hundred_thousand_keys) {
  std::vector<std::string> words = {"MGET"};
  for (int at = 0; at < 100'000; ++at)
    words.push_back(std::to_string(at));
  client from({});
  from.sends(resp(words) + resp({"GET", "a"}));

  ASSERT_EQ(from.result().requests.size(), 2U);
  EXPECT_EQ(from.result().requests[0].keys.size(), 100'000U);
  EXPECT_THAT(from.result().requests[1].keys, ElementsAre("a"));
}

TEST(request_parser, reads_the_fixtures_the_same_however_they_are_cut) {
  for (const auto& file : fixture_files("requests/valid")) {
    SCOPED_TRACE(file);
    const outcome found = reads(read_file(file));
    EXPECT_FALSE(found.requests.empty());
    EXPECT_EQ(found.unread, 0U);
  }
  for (const auto& file : fixture_files("requests/malformed")) {
    SCOPED_TRACE(file);
    EXPECT_NE(reads(read_file(file)).error, "");
  }
}

}  // namespace dovetail::redis
