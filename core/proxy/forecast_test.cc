#include "proxy/forecast.h"

#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

namespace dovetail {
namespace {

constexpr std::size_t kib = 1024;

class forecast_test : public ::testing::Test {
 protected:
  // A round of `responses` at once, of which all but `left` have come.
  void round(std::size_t responses, std::size_t bytes, std::size_t left = 0) {
    replies.begin();
    replies.asked(responses);
    for (std::size_t at = left; at < responses; ++at)
      replies.came(bytes);
  }

  std::uint64_t bytes_of_one() {
    round(1, 0, 1);
    return replies.bytes();
  }

  forecast replies{{.unknown = 64 * kib, .cautious = 16 * kib, .many = 64}};
};

TEST_F(forecast_test, assumes_most_before_the_first_response) {
  EXPECT_EQ(replies.bytes(), 0U);
  replies.asked(1);
  replies.asked(3);
  EXPECT_EQ(replies.bytes(), 4 * (64 * kib));
  replies.gone();
  EXPECT_EQ(replies.bytes(), 3 * (64 * kib)) << "an error is no response";
  replies.came(5);
  EXPECT_EQ(replies.bytes(), 2 * (16 * kib));
}

TEST_F(forecast_test, believes_a_larger_size_at_once) {
  round(3, 1024 * kib, 2);
  EXPECT_EQ(replies.bytes(), 2 * (1024 * kib));
}

TEST_F(forecast_test, believes_smaller_sizes_little_by_little) {
  round(1, 1024 * kib);
  replies.asked(265);
  replies.came(5);
  EXPECT_EQ(replies.bytes(), 264 * (1024 * kib - (1024 * kib - 5) / 16));
  for (int at = 0; at < 63; ++at)
    replies.came(5);
  EXPECT_LT(replies.bytes(), 201 * (18 * kib));
  for (int at = 0; at < 200; ++at)
    replies.came(5);
  EXPECT_LT(replies.bytes(), 32U);
}

TEST_F(forecast_test, stays_cautious_with_a_client_that_has_few_responses_coming) {
  for (int at = 0; at < 100; ++at)
    round(63, 5);
  EXPECT_EQ(bytes_of_one(), 16 * kib);
}

TEST_F(forecast_test, trusts_a_client_from_round_to_round_while_it_has_many_coming) {
  for (int at = 0; at < 10; ++at)
    round(64, 5);
  EXPECT_LT(bytes_of_one(), 32U);
  replies.came(5);
  EXPECT_EQ(bytes_of_one(), 16 * kib) << "the last round was small";
}

TEST_F(forecast_test, begins_no_round_while_something_is_coming) {
  round(1000, 5, 1);
  replies.begin();
  replies.came(5);
  EXPECT_LT(bytes_of_one(), 32U);
}

TEST_F(forecast_test, remembers_a_large_size_in_the_next_round) {
  round(1, 1024 * kib);
  EXPECT_EQ(bytes_of_one(), 1024 * kib);
}

TEST_F(forecast_test, learns_nothing_from_what_never_comes) {
  replies.asked(3);
  replies.came(1024 * kib);
  replies.gone();
  EXPECT_EQ(replies.bytes(), 1024 * kib);
}

}  // namespace
}  // namespace dovetail
