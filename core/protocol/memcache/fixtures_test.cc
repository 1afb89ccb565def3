#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/memcache/response_parser.h"
#include "protocol/memcache/test_support.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

using test::happens;
using test::texts;

// Name and content of every file.
std::map<std::string, std::string> fixtures(const std::string& folder) {
  std::map<std::string, std::string> all;
  const auto at = std::filesystem::path(DOVETAIL_FIXTURES) / "memcache" / folder;
  for (const auto& entry : std::filesystem::directory_iterator(at)) {
    std::ifstream file(entry.path(), std::ios::binary);
    all[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return all;
}

// What the name of a file promises, from what happened to its requests.
std::string outcome_of(const texts& seen) {
  if (seen.back() == "…") return "unfinished";
  if (seen.back().starts_with("close: ")) return "closed";
  std::string worst = "forwarded";
  for (const std::string& each : seen) {
    if (each.starts_with("forward")) continue;
    const bool refused = each.contains("ERROR") || each == "silence";
    if (refused || worst == "forwarded") worst = refused ? "refused" : "answered";
  }
  return worst;
}

std::string outcome_of_responses(const texts& pieces) {
  block_pool pool;
  inbox from(pool);
  response_parser parser{message_limits{}};
  for (const std::string& piece : pieces) {
    test::feed(from, piece);
    response found;
    while (!from.empty()) {
      const parse_status status = parser.parse(from, found);
      if (status == parse_status::malformed) return "malformed";
      if (status == parse_status::incomplete) break;
      EXPECT_LE(found.relayed.offset + found.relayed.size, found.size);
      from.consume(found.size);
    }
  }
  return from.empty() ? "complete" : "unfinished";
}

std::string promised(const std::string& name) {
  return name.substr(0, name.find('-'));
}

TEST(memcache_fixtures, requests_become_what_their_name_says) {
  const auto all = fixtures("requests");
  EXPECT_GE(all.size(), 40U);
  for (const auto& [name, content] : all) {
    SCOPED_TRACE(name);
    EXPECT_EQ(outcome_of(happens(content)), promised(name));
  }
}

TEST(memcache_fixtures, responses_become_what_their_name_says) {
  const auto all = fixtures("responses");
  EXPECT_GE(all.size(), 30U);
  for (const auto& [name, content] : all) {
    SCOPED_TRACE(name);
    EXPECT_EQ(test::same_for_every_split(content, outcome_of_responses), promised(name));
  }
}

}  // namespace
}  // namespace dovetail::memcache
