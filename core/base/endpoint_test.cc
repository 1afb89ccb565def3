#include "base/endpoint.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(endpoint, is_written_as_one_would_type_it) {
  EXPECT_EQ(to_string({.host = "cache", .port = 6379, .path = {}}), "cache:6379");
  EXPECT_EQ(to_string({.host = "::1", .port = 6379, .path = {}}), "[::1]:6379");
  EXPECT_EQ(to_string({.host = {}, .port = 0, .path = "/run/redis.sock"}), "/run/redis.sock");
}

}  // namespace
}  // namespace dovetail
