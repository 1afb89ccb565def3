#include "config/parse.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/endpoint.h"
#include "config/config.h"
#include "config/config_error.h"
#include "config/directives.h"
#include "config/print.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> fixtures(const std::string& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(DOVETAIL_FIXTURES) / "config" / folder)) {
    if (entry.path().extension() == ".yml") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

// The texts of the `# expect:` lines that a file begins with.
std::vector<std::string> expected_errors(const std::string& text) {
  constexpr std::string_view mark = "# expect: ";
  std::vector<std::string> expected;
  for (std::size_t start = 0; text.compare(start, mark.size(), mark) == 0;) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    expected.push_back(text.substr(start + mark.size(), end - start - mark.size()));
    start = std::min(end + 1, text.size());
  }
  return expected;
}

std::vector<std::string> texts(const std::vector<config_error>& errors) {
  std::vector<std::string> found;
  found.reserve(errors.size());
  for (const config_error& error : errors)
    found.push_back(to_string(error));
  return found;
}

// Lines behind "alpha:", two spaces in front of each.
std::string pool_with(const std::string& lines) {
  return "alpha:\n  listen: 127.0.0.1:22121\n  servers:\n    - 127.0.0.1:6379:1\n" + lines;
}

pool_config parsed_pool(const std::string& text) {
  const auto parsed = parse_config(text, "file");
  if (!parsed) {
    ADD_FAILURE() << to_string(parsed.error().front());
    return {};
  }
  return parsed->what.pools.at(0);
}

TEST(parse, refuses_each_invalid_fixture_with_the_errors_it_names) {
  const auto files = fixtures("invalid");
  ASSERT_GE(files.size(), 50U);
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename());
    const std::string text = contents(path);
    const auto expected = expected_errors(text);
    const auto parsed = parse_config(text, "-");

    ASSERT_FALSE(expected.empty());
    ASSERT_FALSE(parsed.has_value());
    auto found = texts(parsed.error());
    for (std::string& error : found)
      error.erase(0, error.starts_with("-: ") ? 3 : 2);
    EXPECT_THAT(found, ElementsAreArray(expected));
  }
}

TEST(parse, reads_back_what_print_makes_of_each_valid_fixture) {
  const auto files = fixtures("valid");
  ASSERT_GE(files.size(), 12U);
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename());
    const auto parsed = parse_config(contents(path), path.filename());
    ASSERT_TRUE(parsed.has_value()) << to_string(parsed.error().front());

    const std::string printed = print_config(parsed->what);
    const auto again = parse_config(printed, "printed");
    ASSERT_TRUE(again.has_value()) << to_string(again.error().front()) << "\n" << printed;
    EXPECT_EQ(again->what, parsed->what) << printed;
    EXPECT_EQ(print_config(again->what), printed);
  }
}

TEST(parse, never_lets_an_exception_out_whatever_prefix_of_a_file_it_sees) {
  for (const char* folder : {"valid", "invalid"}) {
    for (const auto& path : fixtures(folder)) {
      const std::string text = contents(path);
      const std::size_t step = text.size() > 5000 ? 997 : text.size() > 500 ? 11 : 1;
      for (std::size_t size = 0; size < text.size(); size += step) {
        const auto parsed = parse_config(std::string_view(text).substr(0, size), "file");
        EXPECT_TRUE(parsed.has_value() || !parsed.error().empty());
      }
    }
  }
}

TEST(parse, gives_twemproxys_defaults) {
  const pool_config pool = parsed_pool(pool_with(""));

  EXPECT_EQ(pool.listen, (endpoint{.host = "127.0.0.1", .port = 22121, .path = {}}));
  EXPECT_EQ(pool.hash, hash_kind::fnv1a_64);
  EXPECT_EQ(pool.hash_tag, "");
  EXPECT_EQ(pool.distribution, distribution_kind::ketama);
  EXPECT_EQ(pool.timeout_ms, 0);
  EXPECT_EQ(pool.backlog, 512);
  EXPECT_EQ(pool.client_connections, 0);
  EXPECT_EQ(pool.client_idle_timeout_ms, 0);
  EXPECT_FALSE(pool.redis || pool.preconnect || pool.tcpkeepalive || pool.reuseport);
  EXPECT_FALSE(pool.auto_eject_hosts);
  EXPECT_EQ(pool.redis_db, 0);
  EXPECT_EQ(pool.server_connections, 1);
  EXPECT_EQ(pool.server_retry_timeout_ms, 30000);
  EXPECT_EQ(pool.server_failure_limit, 2);
  EXPECT_TRUE(pool.eject_rehash);
}

TEST(parse, reads_every_key) {
  const auto path = std::filesystem::path(DOVETAIL_FIXTURES) / "config/valid/every_key.yml";
  const pool_config pool = parsed_pool(contents(path));

  EXPECT_EQ(pool.hash, hash_kind::murmur);
  EXPECT_EQ(pool.hash_tag, "{}");
  EXPECT_EQ(pool.distribution, distribution_kind::modula);
  EXPECT_EQ(pool.timeout_ms, 400);
  EXPECT_EQ(pool.backlog, 1024);
  EXPECT_EQ(pool.client_connections, 5000);
  EXPECT_EQ(pool.client_idle_timeout_ms, 60000);
  EXPECT_TRUE(pool.redis && pool.preconnect && pool.tcpkeepalive && pool.reuseport);
  EXPECT_TRUE(pool.auto_eject_hosts);
  EXPECT_EQ(pool.redis_auth, "secret word");
  EXPECT_EQ(pool.redis_auth_user, "me");
  EXPECT_EQ(pool.redis_db, 3);
  EXPECT_EQ(pool.server_connections, 4);
  EXPECT_EQ(pool.server_retry_timeout_ms, 2000);
  EXPECT_EQ(pool.server_failure_limit, 1);
  EXPECT_EQ(pool.resolve_ttl_ms, 30000);
  EXPECT_FALSE(pool.eject_rehash);
  EXPECT_EQ(pool.slowlog_log_slower_than_us, -1);
  EXPECT_EQ(pool.slowlog_max_len, 16);
  EXPECT_EQ(pool.on_cross_slot, cross_slot_kind::first_key);
  EXPECT_EQ(pool.on_partial_failure, partial_failure_kind::per_key);
  EXPECT_TRUE(pool.allow_flush);
  EXPECT_EQ(pool.tcpkeepalive_idle_s, 60);
  EXPECT_EQ(pool.tcpkeepalive_interval_s, 10);
  EXPECT_EQ(pool.tcpkeepalive_count, 3);
  EXPECT_EQ(pool.client_requests_max, 16);
  EXPECT_EQ(pool.client_reply_bytes_max, 65536);
  EXPECT_EQ(pool.server_queue_bytes_max, 1000000);
  EXPECT_EQ(pool.pool_bytes_max, 4000000);
  EXPECT_EQ(pool.message_bytes_max, 1048576);
  EXPECT_EQ(pool.request_arguments_max, 1000);
  EXPECT_EQ(pool.reply_depth_max, 4);
  ASSERT_EQ(pool.servers.size(), 2U);
  EXPECT_EQ(pool.servers[0].name, "first");
  EXPECT_EQ(pool.servers[1].weight, 2U);
}

TEST(parse, knows_each_key_that_the_page_names_and_no_other) {
  const auto path = std::filesystem::path(DOVETAIL_FIXTURES) / "../core/config/README.md";
  const std::string page = contents(path);
  std::set<std::string> named;  // in the first column: `one` or `one`, `other`
  for (std::size_t row = page.find("\n| `"); row != std::string::npos;
       row = page.find("\n| `", row)) {
    const std::size_t cell_end = page.find(" | ", row + 3);
    for (row = page.find('`', row); row < cell_end; row = page.find('`', row)) {
      const std::size_t end = page.find('`', row + 1);
      named.insert(page.substr(row + 1, end - row - 1));
      row = end + 1;
    }
    row = cell_end;
  }

  std::set<std::string> known = {"servers"};
  for (const directive& each : directives())
    known.emplace(each.name);
  EXPECT_EQ(named, known);
}

TEST(parse, reads_the_workers_of_the_process_beside_the_pools) {
  const auto parsed = parse_config("workers: 3\n" + pool_with(""), "file");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->what.workers, 3);
  EXPECT_EQ(parsed->workers_place, (position{.line = 1, .column = 10}));
  EXPECT_EQ(parsed->what.pools.size(), 1U);
}

TEST(parse, takes_a_mapping_for_a_pool_also_where_it_has_the_name_of_a_setting) {
  const auto path = std::filesystem::path(DOVETAIL_FIXTURES) / "config/valid/workers.yml";
  const auto parsed = parse_config(contents(path), "file");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->what.workers, 256);
  EXPECT_EQ(parsed->what.pools.back().name, "workers");
}

TEST(parse, takes_words_that_mean_something_to_yaml_as_they_are) {
  EXPECT_EQ(parsed_pool(pool_with("  redis: true\n  redis_auth: null\n")).redis_auth, "null");
  EXPECT_EQ(parsed_pool(pool_with("  redis: true\n  redis_auth: ~\n")).redis_auth, "~");
  EXPECT_EQ(parsed_pool(pool_with("  redis: true\n  redis_auth: 0x10\n")).redis_auth, "0x10");
  EXPECT_EQ(parsed_pool(pool_with("  timeout: 0400\n")).timeout_ms, 400);
}

TEST(parse, orders_pools_and_servers_by_length_of_name_then_bytes) {
  const auto path = std::filesystem::path(DOVETAIL_FIXTURES) / "config/valid/order.yml";
  const auto parsed = parse_config(contents(path), "order.yml");
  ASSERT_TRUE(parsed.has_value());
  std::vector<std::string> pools;
  std::vector<std::string> servers;
  for (const pool_config& pool : parsed->what.pools)
    pools.push_back(pool.name);
  for (const auto& server : parsed->what.pools[2].servers)
    servers.push_back(server.name);

  EXPECT_THAT(pools, ElementsAre("be", "alpha", "gamma"));
  EXPECT_THAT(servers, ElementsAre("B", "b", "server-9", "server-10"));
}

TEST(parse, warns_of_crc32_with_ketama_where_it_stands) {
  const auto parsed = parse_config(
      pool_with("    - 127.0.0.1:6380:1\n  hash: crc32\n  timeout: 400\n"), "file.yml");

  ASSERT_TRUE(parsed.has_value());
  EXPECT_THAT(texts(parsed->warnings),
              ElementsAre(HasSubstr("file.yml:6:9: pool \"alpha\": key \"hash\": crc32 has")));
}

TEST(parse, prints_control_characters_of_the_file_escaped) {
  const auto parsed = parse_config("\"a\\nb\": 1\n", "f");

  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(to_string(parsed.error()[0]),
            "f:1:1: pool \"a\\x0ab\": a pool is a mapping of keys to values");
}

}  // namespace
}  // namespace dovetail
