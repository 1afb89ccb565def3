// What cannot be understood is refused at the first byte that makes it wrong: not before, and not a
// byte later. Which byte that is says first_wrong.h, and what servers, and so the proxy, judge when
// all of it is there.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/first_wrong.h"
#include "proptests/generators.h"
#include "proptests/grammar.h"
#include "proptests/memcache_messages.h"
#include "proptests/reading.h"
#include "proptests/redis_messages.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::proptests {
namespace {

constexpr std::size_t line_bytes_max = 64;
constexpr std::size_t message_bytes_max = 1000;

// Small, so that what is too much is not large.
constexpr message_limits limits = {.message_bytes_max = message_bytes_max,
                                   .arguments_max = 20,
                                   .nesting_max = 4,
                                   .line_bytes_max = line_bytes_max};

// `good` could become a valid stream, and `good` + `bad` never can, whatever follows.
struct doomed {
  std::string good;
  std::string bad;
};

using texts = std::vector<std::string>;

// What makes most harm where it does not belong.
std::string any_special() {
  if (one_in(4)) return std::string(1, *rc::gen::arbitrary<char>());
  return any_of<std::string>({"\r",
                              "\n",
                              "\r\n",
                              " ",
                              std::string(1, '\0'),
                              "0",
                              "1",
                              "9",
                              "-",
                              "+",
                              "$",
                              "*",
                              ":",
                              "\"",
                              "'",
                              "\t",
                              "\x7f",
                              "\x80",
                              "4294967296",
                              "18446744073709551616",
                              "$-1\r\n",
                              "*2\r\n",
                              "*-1\r\n",
                              "+OK\r\n",
                              "VALUE ",
                              "END\r\n",
                              "STAT a 1\r\n",
                              "STORED\r\n",
                              "HD\r\n",
                              "VA 2 ",
                              "SERVER_ERROR ",
                              "get ",
                              "set a 0 0 3\r\n",
                              "HTTP/1.1\r\n",
                              "POST "});
}

// `read(stream, pieces, moment*)` is a reading; `new_grammar(limits)` says what it must find.
template <class Read, class NewGrammar>
void expect_refused_in_time(const doomed& stream, Read read, NewGrammar new_grammar) {
  const std::string whole = stream.good + stream.bad + any_bytes();
  moment refused;
  RC_ASSERT(!read(stream.good, byte_by_byte(stream.good), &refused).malformed);
  const auto found = read(whole, byte_by_byte(whole), &refused);
  RC_ASSERT(refused.has_value());
  RC_ASSERT(*refused > stream.good.size());
  RC_ASSERT(*refused <= stream.good.size() + stream.bad.size());
  RC_ASSERT(refused == first_wrong(*new_grammar(limits), whole));
}

// Some messages, good ones but for a few bytes: other ones, some more or fewer, some twice.
template <class AnyMessage>
std::string any_damaged(AnyMessage any_message) {
  std::string stream;
  for (std::size_t left = 1 + below(3); left > 0; --left)
    stream += any_message();
  for (std::size_t left = below(4); left > 0; --left) {
    const std::size_t at = below(stream.size() + 1);
    const std::size_t size = below(stream.size() - at + 1);
    switch (below(5)) {
      case 0:
        stream.replace(at, std::min<std::size_t>(1, size), any_special());
        break;
      case 1:
        stream.insert(at, any_special());
        break;
      case 2:
        stream.erase(at, one_in(4) ? size : 1);
        break;
      case 3:
        stream.insert(at, std::string(stream, at, size));
        break;
      default:
        stream.resize(at);
    }
  }
  return stream;
}

template <class Read, class NewGrammar>
void expect_refused_as_soon(const std::string& stream, Read read, NewGrammar new_grammar) {
  moment refused;
  const bool small = one_in(2);
  const message_limits& within = small ? limits : message_limits{};
  read(within, stream, byte_by_byte(stream), &refused);
  const moment wrong = first_wrong(*new_grammar(within), stream);
  RC_CLASSIFY(wrong.has_value());
  RC_LOG() << (small ? "small limits, " : "") << testing::PrintToString(stream) << '\n';
  RC_ASSERT(refused.value_or(0) == wrong.value_or(0));
}

// No number of redis: string2ll refuses each.
std::string any_bad_number() {
  return any_of<std::string>({"", "x", "01", "+1", "-", "1 ", " 1", "--1", "1x", "-0", "0x1", "1.0",
                              "9223372036854775808", "-9223372036854775809", "18446744073709551617",
                              "99999999999999999999999999"});
}

std::string any_two_bytes_but_crlf() {
  std::string bytes = "\r\n";
  bytes[below(2)] =
      *rc::gen::suchThat(rc::gen::arbitrary<char>(), [](char c) { return c != '\r' && c != '\n'; });
  return any_of<std::string>({bytes, "\n\r", "\n\n", "\r\r"});
}

// ---- requests of redis

std::string some_redis_requests() {
  std::string stream;
  for (std::size_t left = below(3); left > 0; --left) {
    stream += any_of<std::string>({"*1\r\n$4\r\nPING\r\n", "GET a\r\n", "*0\r\n", "\r\n",
                                   "*2\r\n$3\r\nGET\r\n$3\r\n\r\n\r\n\r\n"});
  }
  return stream;
}

// The header of an array or of an argument. Its CR ends it, with the byte behind.
std::string ended(std::string_view line) {
  return std::string(line) + '\r' + *rc::gen::arbitrary<char>();
}

doomed bad_array_header() {
  const std::string bad = any_of<std::string>({any_bad_number(), "21", "4294967297"});
  return {some_redis_requests(), ended("*" + bad)};
}

doomed bad_argument_header() {
  const std::string begun = any_of<std::string>({"*1\r\n", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n"});
  const std::string bad = any_of<std::string>(
      {"$" + any_bad_number(), "$-1", "$1001", "+3", ":3", "*1", "3", "", "\n$3"});
  return {some_redis_requests() + begun, ended(bad)};
}

doomed too_large_request() {
  return {some_redis_requests() + "*3\r\n$900\r\n" + std::string(900, 'x') + "\r\n", ended("$900")};
}

doomed endless_header() {
  const bool first = one_in(2);
  const std::string bad(line_bytes_max + 1, '1');
  return {some_redis_requests() + (first ? "" : "*1\r\n"), (first ? "*" : "$") + bad.substr(1)};
}

doomed bad_inline_request() {
  const std::string bad = any_of<std::string>({
      "GET \"a\n",
      "GET 'a\r\n",
      "GET \"a\"b\n",
      "GET 'a'b c\n",
      std::string("GET \0a\n", 7),
      "POST / HTTP/1.1\r\n",
      "hOST: a\n",
      std::string(line_bytes_max + 1, 'x'),
  });
  return {some_redis_requests(), bad};
}

doomed any_bad_redis_request() {
  switch (below(5)) {
    case 0:
      return bad_array_header();
    case 1:
      return bad_argument_header();
    case 2:
      return too_large_request();
    case 3:
      return endless_header();
    default:
      return bad_inline_request();
  }
}

RC_GTEST_PROP(refusals, come_in_time_for_requests_of_redis, ()) {
  const auto speaks = redis::make_protocol({.password = {}, .database = 0, .limits = limits});
  const auto read = [&](const auto&... with) {
    auto found = read_requests(*speaks, with...);
    if (found.malformed) {
      RC_ASSERT(found.error.starts_with("-ERR Protocol error: "));
      RC_ASSERT(found.error.find("\r\n") == found.error.size() - 2);
    }
    return found;
  };
  expect_refused_in_time(any_bad_redis_request(), read, grammar_of_redis_requests);
}

RC_GTEST_PROP(refusals, come_at_the_first_wrong_byte_of_requests_of_redis, ()) {
  const auto read = [](const message_limits& within, const auto&... with) {
    return read_requests(*redis::make_protocol({.password = {}, .limits = within}), with...);
  };
  const auto message = [] { return any_redis_request().bytes; };
  expect_refused_as_soon(any_damaged(message), read, grammar_of_redis_requests);
}

// ---- responses of redis

std::string some_redis_replies() {
  std::string stream;
  for (std::size_t left = below(3); left > 0; --left) {
    stream += any_of<std::string>({"+OK\r\n", "$3\r\n\r\n\r\r\n", "*2\r\n:1\r\n$-1\r\n", "-E\r\n"});
  }
  return stream;
}

// An array that wants more, or nothing.
std::string begun_array() {
  return any_of<std::string>({"", "*3\r\n:1\r\n", "*1\r\n*2\r\n$0\r\n\r\n"});
}

doomed bad_reply_line() {
  const std::string bad = any_of<std::string>(
      {":" + any_bad_number() + "\r", "$" + any_bad_number() + "\r", "*" + any_bad_number() + "\r",
       "$-2\r", "*-2\r", "$1001\r", "*355\r", "+a\rb\r", "-a\r\r", "+a", "", "\r", "x\r", "_\r",
       "#t\r", "%1\r", "VALUE a 0 1\r"});
  return {some_redis_replies() + begun_array(), bad + "\n"};
}

doomed bad_end_of_bulk() {
  const std::string payload = any_word(20);
  return {some_redis_replies() + begun_array() + "$" + std::to_string(payload.size()) + "\r\n" +
              payload,
          any_two_bytes_but_crlf()};
}

doomed too_deep_reply() {
  return {some_redis_replies() + "*1\r\n*2\r\n*1\r\n*1\r\n", "*1\r\n"};
}

doomed endless_number() {
  return {some_redis_replies() + begun_array(),
          any_of<std::string>({":", "$", "*"}) + std::string(line_bytes_max - 1, '1')};
}

doomed any_bad_redis_reply() {
  switch (below(4)) {
    case 0:
      return bad_end_of_bulk();
    case 1:
      return too_deep_reply();
    case 2:
      return endless_number();
    default:
      return bad_reply_line();
  }
}

RC_GTEST_PROP(refusals, come_in_time_for_responses_of_redis, ()) {
  const auto speaks = redis::make_protocol({.password = {}, .database = 0, .limits = limits});
  const auto read = [&](const auto&... with) { return read_responses(*speaks, with...); };
  expect_refused_in_time(any_bad_redis_reply(), read, grammar_of_redis_replies);
}

RC_GTEST_PROP(refusals, come_at_the_first_wrong_byte_of_responses_of_redis, ()) {
  const auto read = [](const message_limits& within, const auto&... with) {
    return read_responses(*redis::make_protocol({.password = {}, .limits = within}), with...);
  };
  const auto message = [] { return any_redis_reply().bytes; };
  expect_refused_as_soon(any_damaged(message), read, grammar_of_redis_replies);
}

// ---- requests of memcached

doomed any_bad_memcache_request() {
  const std::string before = any_of<std::string>(
      {"", "get a\r\n", "set a 0 0 3\r\n\r\n\r\r\n", "set \x01 0 0 2\r\n\x80\x80\r\n", "x\n"});
  const std::string bad = any_of<std::string>(
      {"\x80", std::string(line_bytes_max + 1, 'x'), std::string(line_bytes_max + 1, ' '),
       "GET / HTTP/1.1\r\n", "set k" + std::string(line_bytes_max - 4, ' '),
       "get " + std::string(message_bytes_max - 3, 'k')});
  return {before, bad};
}

RC_GTEST_PROP(refusals, come_in_time_for_requests_of_memcached, ()) {
  const auto speaks = memcache::make_protocol({.limits = limits});
  const auto read = [&](const auto&... with) {
    auto found = read_requests(*speaks, with...);
    if (found.malformed) RC_ASSERT(found.error.find("\r\n") == found.error.size() - 2);
    return found;
  };
  expect_refused_in_time(any_bad_memcache_request(), read, grammar_of_memcache_requests);
}

RC_GTEST_PROP(refusals, come_at_the_first_wrong_byte_of_requests_of_memcached, ()) {
  const auto read = [](const message_limits& within, const auto&... with) {
    return read_requests(*memcache::make_protocol({.limits = within}), with...);
  };
  const auto message = [] {
    return one_in(4) ? any_refused_request().sent : any_memcache_request().sent;
  };
  expect_refused_as_soon(any_damaged(message), read, grammar_of_memcache_requests);
}

// ---- responses of memcached

std::string some_memcache_replies() {
  std::string stream;
  for (std::size_t left = below(3); left > 0; --left) {
    stream += any_of<std::string>(
        {"STORED\r\n", "END\r\n", "VALUE a 0 4\r\nEND\r\r\nEND\r\n", "12\r\n", "VA 0 k\r\n\r\n"});
  }
  return stream;
}

doomed bad_line_of_memcached() {
  const std::string bad = any_of<std::string>({"",
                                               "\r",
                                               "STORED",
                                               "stored\r",
                                               "STORED \r",
                                               "ENDE\r",
                                               "+OK\r",
                                               "-1\r",
                                               "1 \r",
                                               "18446744073709551616\r",
                                               "VALUE a 0\r",
                                               "VALUE a 0 x\r",
                                               "VALUE a 0 -1\r",
                                               "VALUE a 4294967296 1\r",
                                               "VALUE a 0 1 x\r",
                                               "VALUE a 0 1 1 1\r",
                                               "VALUE  a 0 1\r",
                                               "VALUE a\tb 0 1\r",
                                               "VALUE a 0 1073\r",
                                               "VALUE a 0 18446744073709551617\r",
                                               "VA\r",
                                               "VA x\r",
                                               "VA 1073\r",
                                               "HDX\r",
                                               "ERRORS\r"});
  return {some_memcache_replies(), bad + "\n"};
}

doomed bad_line_among_values() {
  const std::string bad =
      any_of<std::string>({"STORED\r\n", "1\r\n", "VALUE b 0 1 7\r\n", "HD\r\n", "\r\n"});
  return {some_memcache_replies() + "VALUE a 0 1\r\nx\r\n", bad};
}

doomed bad_end_of_block() {
  const std::string data = any_word(20);
  const std::string size = std::to_string(data.size());
  const std::string head = any_of<std::string>({"VALUE a 0 " + size + "\r\n",
                                                "VALUE a 0 1\r\nx\r\nVALUE b 0 " + size + "\r\n",
                                                "VA " + size + " Oa\r\n"});
  return {some_memcache_replies() + head + data, any_two_bytes_but_crlf()};
}

doomed any_bad_memcache_reply() {
  switch (below(4)) {
    case 0:
      return bad_end_of_block();
    case 1:
      return bad_line_among_values();
    case 2:
      return {some_memcache_replies(), std::string(line_bytes_max + 1, 'x')};
    default:
      return bad_line_of_memcached();
  }
}

RC_GTEST_PROP(refusals, come_in_time_for_responses_of_memcached, ()) {
  const auto speaks = memcache::make_protocol({.limits = limits});
  const auto read = [&](const auto&... with) { return read_responses(*speaks, with...); };
  expect_refused_in_time(any_bad_memcache_reply(), read, grammar_of_memcache_replies);
}

RC_GTEST_PROP(refusals, come_at_the_first_wrong_byte_of_responses_of_memcached, ()) {
  const auto read = [](const message_limits& within, const auto&... with) {
    return read_responses(*memcache::make_protocol({.limits = within}), with...);
  };
  const auto message = [] { return any_memcache_reply().bytes; };
  expect_refused_as_soon(any_damaged(message), read, grammar_of_memcache_replies);
}

}  // namespace
}  // namespace dovetail::proptests
