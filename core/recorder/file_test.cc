#include "recorder/file.h"

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string written() {
  const recording what{.circumstances = {{"version", "0.1.0"}, {"seed", "7"}},
                       .configuration = "alpha:\n  listen: 127.0.0.1:1\n",
                       .chunks = {}};
  const std::vector<std::string_view> chunks = {std::string_view("a\n\0b", 4), "cd"};
  std::ostringstream out;
  write_recording(out, what, chunks);
  return out.str();
}

TEST(recording_file, is_read_as_it_was_written) {
  const auto read = parse_recording(written());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->damaged.empty());
  EXPECT_THAT(read->what.circumstances, ElementsAre(Pair("version", "0.1.0"), Pair("seed", "7")));
  EXPECT_EQ(read->what.configuration, "alpha:\n  listen: 127.0.0.1:1\n");
  EXPECT_THAT(read->what.chunks, ElementsAre(std::string_view("a\n\0b", 4), "cd"));
}

TEST(recording_file, that_ends_too_soon_is_read_up_to_its_last_whole_part) {
  const std::string whole = written();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = parse_recording(std::string_view(whole).substr(0, size));
    if (!read) {
      EXPECT_LE(read.error().at, size);
      EXPECT_LT(size, whole.find("L 0"));
      continue;
    }
    ASSERT_EQ(read->damaged.size(), 1U) << size;
    EXPECT_LE(read->damaged.front().at, size);
    EXPECT_LE(read->what.chunks.size(), 2U);
  }
}

TEST(recording_file, whose_bytes_were_changed_is_read_up_to_there) {
  const std::string whole = written();
  const std::size_t head = whole.find("\n\n") + 2;
  for (std::size_t at = head; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] ^= 1;
    const auto read = parse_recording(changed);
    if (read) {
      ASSERT_EQ(read->damaged.size(), 1U) << at;
      EXPECT_LE(read->damaged.front().at, at);
    } else {
      EXPECT_LE(read.error().at, at);
    }
  }
}

TEST(recording_file, says_what_is_wrong_and_where) {
  const auto other = parse_recording("dovetail-sim trace 1\n");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().at, 0U);
  EXPECT_THAT(other.error().why, HasSubstr("begins with"));

  const auto headless = parse_recording("dovetail recording 1\nversion\n\n");
  ASSERT_FALSE(headless);
  EXPECT_EQ(headless.error().at, 21U);
  EXPECT_THAT(headless.error().why, HasSubstr("a colon"));
}

}  // namespace
}  // namespace dovetail
