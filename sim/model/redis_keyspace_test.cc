#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/time.h"
#include "sim/model/redis_server.h"
#include "sim/model/testing/parity.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

struct redis_keyspace : ::testing::Test {
  redis_server server{{.clock = {.at_zero = 2'000'000'000'000}, .databases = 1, .password = {}}};
  testing::model_talk talk{server, 1U << 20};

  std::string ask(const std::string& line) { return talk.ask(line + "\r\n", instant()).bytes; }

  // The page's cursor; its keys go into `found`.
  std::string scan(const std::string& cursor, std::set<std::string>& found) {
    const std::string page = ask("SCAN " + cursor + " COUNT 3");
    std::string next;
    std::size_t at = page.find('$');
    for (bool first = true; at != std::string::npos; first = false) {
      const std::size_t from = page.find('\n', at) + 1;
      const std::string text = page.substr(from, page.find('\r', from) - from);
      if (first) {
        next = text;
      } else {
        found.insert(text);
      }
      at = page.find('$', from);
    }
    return next;
  }
};

TEST_F(redis_keyspace, a_scan_misses_no_key_that_is_there_throughout) {
  for (int key = 0; key < 100; ++key)
    ask("SET stays" + std::to_string(key) + " 1");
  std::set<std::string> found;
  std::string cursor = "0";
  int pages = 0;
  do {
    cursor = scan(cursor, found);
    ask("SET comes" + std::to_string(pages) + " 1");
    if (pages % 2 == 1) ask("DEL comes" + std::to_string(pages - 1));
    ++pages;
  } while (cursor != "0");

  EXPECT_GT(pages, 20);
  for (int key = 0; key < 100; ++key)
    EXPECT_TRUE(found.contains("stays" + std::to_string(key))) << key;
}

}  // namespace
}  // namespace dovetail::sim
