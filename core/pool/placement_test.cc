// Every key where twemproxy 0.5.0 put it: fixtures/placement/placement.tsv.gz.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "config/config.h"
#include "pool/server_pool.h"
#include "route/distribution.h"
#include "route/golden.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

constexpr instant now = instant(std::chrono::seconds(1000));

// Takes what follows the last `separator` off `text`.
std::string_view take_last(std::string_view& text, char separator) {
  const std::size_t at = text.rfind(separator);
  const std::string_view last = text.substr(at + 1);
  text = text.substr(0, at);
  return last;
}

// "host:port:weight [name]" or "/path:weight [name]", as it stands in twemproxy's configuration.
server_config server_of(std::string_view line) {
  server_config server;
  if (line.contains(' ')) server.name = take_last(line, ' ');
  const std::string_view weight = take_last(line, ':');
  std::from_chars(weight.data(), weight.data() + weight.size(), server.weight);
  if (!server.name.empty()) return server;
  server.name = line;
  if (line.starts_with('/')) {
    server.name += ':';
  } else if (line.ends_with(":11211")) {
    server.name = line.substr(0, line.size() - 6);
  }
  return server;
}

// The order in which twemproxy numbers servers.
bool comes_before(const server_config& one, const server_config& other) {
  if (one.name.size() != other.name.size()) return one.name.size() < other.name.size();
  return one.name < other.name;
}

// One pool of the table, as configured and as it was when its keys were recorded.
class golden_pool {
 public:
  golden_pool(std::vector<server_config> servers, std::string_view hash, std::string_view spread) {
    config_.servers = std::move(servers);
    std::ranges::sort(config_.servers, comes_before);
    config_.hash = hash_named(hash).value();
    config_.distribution = distribution_named(spread).value();
    config_.auto_eject_hosts = true;
    config_.server_failure_limit = 1;
  }

  void use_hash_tag(std::string_view tag) { config_.hash_tag = tag; }

  void start() { pool_ = std::make_unique<server_pool>(config_, 0); }

  void eject(std::string_view name) {
    const auto at = std::ranges::find(config_.servers, name, &server_config::name);
    ASSERT_NE(at, config_.servers.end()) << name;
    ASSERT_TRUE(pool_->failed(static_cast<std::uint32_t>(at - config_.servers.begin()), now));
  }

  std::string_view server_for(std::string_view key) {
    const auto server = pool_->server_for(key);
    return server ? config_.servers[*server].name : std::string_view("nobody");
  }

 private:
  pool_config config_;
  std::unique_ptr<server_pool> pool_;
};

// The columns of a row.
enum column : std::size_t { set, hash, distribution_name, hash_tag, ejected, key_hex, server_name };

class placement : public testing::Test {
 protected:
  void add_server(std::string_view set_name, std::string_view line) {
    sets_[std::string(set_name)].push_back(server_of(line));
  }

  // Rows of one pool stand together in the table.
  golden_pool& pool_of(const std::vector<std::string_view>& row) {
    const std::array<std::string_view, 5> which{row[set], row[hash], row[distribution_name],
                                                row[hash_tag], row[ejected]};
    if (pool_ && which == which_) return *pool_;
    which_ = which;
    ++pools_;
    pool_ = std::make_unique<golden_pool>(sets_.at(std::string(row[set])), row[hash],
                                          row[distribution_name]);
    if (row[hash_tag] != "-") pool_->use_hash_tag(row[hash_tag]);
    pool_->start();
    if (row[ejected] != "-") {
      for (const std::string_view name : split_at(row[ejected], ','))
        pool_->eject(name);
    }
    return *pool_;
  }

  std::map<std::string, std::vector<server_config>> sets_;
  std::array<std::string_view, 5> which_;
  std::unique_ptr<golden_pool> pool_;
  int pools_ = 0;
};

TEST_F(placement, is_twemproxys_for_every_recorded_key) {
  const std::string text = read_golden(DOVETAIL_FIXTURES "/placement/placement.tsv.gz");
  int rows = 0;
  int misplaced = 0;

  for (const std::string_view line : split_at(text, '\n')) {
    const auto fields = split_at(line, '\t');
    if (line.starts_with("#set\t")) add_server(fields.at(1), fields.at(3));
    if (line.starts_with('#') || line.starts_with("set\t")) continue;
    ASSERT_EQ(fields.size(), 7U) << line;
    const std::string_view found = pool_of(fields).server_for(bytes_of_hex(fields[key_hex]));
    ++rows;
    if (found == fields[server_name]) continue;
    if (++misplaced <= 10) ADD_FAILURE() << line << "\n  went to " << found;
  }

  EXPECT_EQ(rows, 144102);
  EXPECT_EQ(pools_, 438);
  EXPECT_EQ(misplaced, 0);
}

}  // namespace
}  // namespace dovetail
