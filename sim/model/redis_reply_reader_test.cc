#include "sim/model/redis_reply_reader.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/model/reply_frame.h"
#include "sim/model/testing/splits.h"

namespace dovetail::sim {
namespace {

// An item and what follows from it, in words.
std::string describe_item(std::string_view& rest) {
  const redis_item item = take_redis_item(rest);
  const std::string text(item.text);
  switch (item.kind) {
    case redis_kind::status:
      return "+" + text;
    case redis_kind::error:
      return "-" + text;
    case redis_kind::integer:
      return ":" + text;
    case redis_kind::bulk:
      return "'" + text + "'";
    case redis_kind::null_bulk:
      return "nil";
    case redis_kind::null_array:
      return "no-array";
    case redis_kind::array:
      break;
  }
  std::string all = "[";
  for (std::uint64_t at = 0; at < item.count; ++at)
    all += (at == 0 ? "" : ",") + describe_item(rest);
  return all + "]";
}

std::string describe(const redis_reply_reader&, std::string_view reply) {
  std::string words = describe_item(reply);
  EXPECT_EQ(reply, "");
  return words;
}

std::string read(std::string_view bytes) {
  return testing::same_for_every_split<redis_reply_reader>(bytes, describe);
}

TEST(redis_reply_reader, reads_every_kind_of_reply) {
  EXPECT_EQ(read("+OK\r\n"), "+OK complete");
  EXPECT_EQ(read("-ERR no\r\n"), "-ERR no complete");
  EXPECT_EQ(read(":0\r\n:-7\r\n"), ":0 :-7 complete");
  EXPECT_EQ(read("$3\r\nfoo\r\n"), "'foo' complete");
  EXPECT_EQ(read("$0\r\n\r\n$-1\r\n"), "'' nil complete");
  EXPECT_EQ(read("*0\r\n*-1\r\n"), "[] no-array complete");
}

TEST(redis_reply_reader, finds_the_end_of_nested_arrays) {
  EXPECT_EQ(read("*3\r\n*2\r\n:1\r\n*0\r\n$-1\r\n*1\r\n*1\r\n+a\r\n+b\r\n"),
            "[[:1,[]],nil,[[+a]]] +b complete");
}

TEST(redis_reply_reader, takes_any_depth) {
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "*1\r\n";
  EXPECT_EQ(read(deep), "incomplete");
  EXPECT_TRUE(read(deep + ":1\r\n").ends_with("] complete"));
}

TEST(redis_reply_reader, reads_line_ends_in_a_bulk_as_its_content) {
  EXPECT_EQ(read("$7\r\n\r\n+OK\r\n\r\n+OK\r\n"), "'\r\n+OK\r\n' +OK complete");
}

TEST(redis_reply_reader, knows_64_bits_and_no_more) {
  EXPECT_EQ(read(":9223372036854775807\r\n"), ":9223372036854775807 complete");
  EXPECT_EQ(read(":-9223372036854775808\r\n"), ":-9223372036854775808 complete");
  EXPECT_EQ(read(":9223372036854775808\r\n"), "malformed");
  EXPECT_EQ(read(":-9223372036854775809\r\n"), "malformed");
  EXPECT_EQ(read(":10000000000000000000\r\n"), "malformed");
}

TEST(redis_reply_reader, wants_numbers_as_redis_writes_them) {
  for (const auto* const bytes : {":+1\r\n", ":01\r\n", ":-0\r\n", ":\r\n", ":-\r\n", ":1 \r\n",
                                  "$01\r\na\r\n", "$\r\n", "$-2\r\n", "*-2\r\n", "*1a\r\n"}) {
    EXPECT_EQ(read(bytes), "malformed") << bytes;
  }
}

TEST(redis_reply_reader, wants_crlf) {
  for (const auto* const bytes : {"+OK\n", "+O\rK\r\n", "+O\nK\r\n", ":1\n", "$1\na\r\n",
                                  "$1\r\na\n\n", "$1\r\nab\r\n", "*1\n"}) {
    EXPECT_EQ(read(bytes), "malformed") << bytes;
  }
}

TEST(redis_reply_reader, gives_up_a_line_without_an_end) {
  redis_reply_reader reader;
  const std::string line = "-" + std::string(reply_line_bytes_max, 'x');

  EXPECT_EQ(reader.read(line.substr(0, line.size() - 1)).is, reply_frame::outcome::incomplete);
  EXPECT_EQ(reader.read(line).is, reply_frame::outcome::malformed);
}

TEST(redis_reply_reader, says_how_much_a_bulk_will_need) {
  redis_reply_reader reader;

  const reply_frame found = reader.read("*2\r\n:1\r\n$1000\r\nab");
  EXPECT_EQ(found.is, reply_frame::outcome::incomplete);
  EXPECT_EQ(found.size, 4 + 4 + 7 + 1002);
}

TEST(redis_reply_reader, takes_and_refuses_the_fixtures) {
  int files = 0;
  for (const std::string kind : {"valid", "malformed"}) {
    const std::string folder = DOVETAIL_FIXTURES "/redis/responses/" + kind;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      SCOPED_TRACE(entry.path());
      const std::string found = read(testing::content(entry.path()));
      EXPECT_TRUE(found.ends_with(kind == "valid" ? "complete" : "malformed")) << found;
      ++files;
    }
  }
  EXPECT_GE(files, 50);
}

}  // namespace
}  // namespace dovetail::sim
