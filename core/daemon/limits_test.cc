#include "daemon/limits.h"

#include <cstddef>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "config/config.h"

namespace dovetail {
namespace {

// One pool whose servers have `connections` each.
config with_servers(int servers, int connections) {
  pool_config pool;
  pool.server_connections = connections;
  pool.servers.resize(static_cast<std::size_t>(servers));
  return {.pools = {pool}};
}

TEST(limits, leave_the_clients_what_twemproxy_leaves_them) {
  EXPECT_EQ(clients_per_worker(with_servers(1, 1), 60, 1), 26U);
  EXPECT_EQ(clients_per_worker(with_servers(10, 4), 1024, 1), 1024U - 41 - 32);
}

TEST(limits, share_the_descriptors_among_the_workers) {
  EXPECT_EQ(clients_per_worker(with_servers(10, 1), 1024, 4), (1024U - 44 - 32) / 4);
}

TEST(limits, refuse_what_leaves_no_client) {
  EXPECT_EQ(clients_per_worker(with_servers(1, 1), 35, 1), 1U);
  EXPECT_FALSE(clients_per_worker(with_servers(1, 1), 34, 1).has_value());
  EXPECT_FALSE(clients_per_worker(with_servers(100, 65535), 1024, 1).has_value());
  EXPECT_FALSE(clients_per_worker(with_servers(1, 1), 0, 1).has_value());
}

TEST(limits, are_raised_to_the_hard_limit) {
  const auto raised = raise_descriptor_limit();
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);

  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
  EXPECT_LE(raised, limit.rlim_cur);
  EXPECT_GT(raised, 0U);
}

}  // namespace
}  // namespace dovetail
