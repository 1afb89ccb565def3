#include "sim/model/redis_reader.h"

#include <cstring>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/block.h"

namespace dovetail::sim {
namespace {

using ::testing::ElementsAre;
using outcome = redis_reader::outcome;

struct redis_reader_test : ::testing::Test {
  void receive(std::string_view bytes) {
    const auto room = in.room();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    in.fill(bytes.size());
  }

  block_pool pool;
  inbox in{pool};
  redis_reader reader;
};

TEST_F(redis_reader_test, takes_one_request_at_a_time) {
  receive("*2\r\n$3\r\nGET\r\n$1\r\na\r\nPING\r\n*1\r\n$4\r\nECHO");

  EXPECT_EQ(reader.read(in), outcome::complete);
  EXPECT_THAT(reader.words(), ElementsAre("GET", "a"));
  EXPECT_EQ(reader.read(in), outcome::complete);
  EXPECT_THAT(reader.words(), ElementsAre("PING"));
  EXPECT_EQ(reader.read(in), outcome::incomplete);
  receive("\r\n");
  EXPECT_EQ(reader.read(in), outcome::complete);
  EXPECT_THAT(reader.words(), ElementsAre("ECHO"));
  EXPECT_TRUE(in.empty());
}

TEST_F(redis_reader_test, parts_inline_words_as_redis_does) {
  receive("\fSET\va \v b\f\t\"c\"\fd\r\n");

  EXPECT_EQ(reader.read(in), outcome::complete);
  EXPECT_THAT(reader.words(), ElementsAre("SET\va", "b\f", "c", "d"));
}

TEST_F(redis_reader_test, catches_a_word_longer_than_it_said) {
  receive("*2\r\n$3\r\nGET\r\n$1\r\nab\r\n");

  EXPECT_EQ(reader.read(in), outcome::malformed);
  EXPECT_EQ(reader.error(), "Protocol error: expected CRLF");
}

TEST_F(redis_reader_test, catches_a_length_that_ends_in_anything_but_crlf) {
  receive("*1\r$4\r\nPING\r\n");

  EXPECT_EQ(reader.read(in), outcome::malformed);
}

TEST_F(redis_reader_test, refuses_lines_without_end) {
  for (const std::string first : {"P", "*", "*1\r\n$"}) {
    in = inbox(pool);
    reader = redis_reader();
    receive(first);
    outcome last = outcome::incomplete;
    for (int piece = 0; piece < 64 && last == outcome::incomplete; ++piece) {
      last = reader.read(in);
      if (last == outcome::incomplete)
        receive(std::string(10'000, '1').substr(0, in.room().size()));
    }
    EXPECT_EQ(last, outcome::malformed) << first;
  }
}

}  // namespace
}  // namespace dovetail::sim
