// The same bytes, cut in every way that tells parsers apart.

#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/model/reply_frame.h"

namespace dovetail::sim::testing {

// Reads replies as they arrive, all of it known up to `ends` in turn, and says what was found.
// `describe(reader, reply)` puts a complete reply into words.
template <class Reader, class Describe>
std::string read_up_to(std::initializer_list<std::size_t> ends,
                       std::string_view bytes,
                       Describe describe) {
  using outcome = reply_frame::outcome;
  Reader reader;
  std::string found;
  std::size_t first = 0;
  for (const std::size_t end : ends) {
    while (first < end) {
      const std::string_view unread = bytes.substr(first, end - first);
      const reply_frame frame = reader.read(unread);
      if (frame.is == outcome::malformed) return found + "malformed";
      if (frame.is == outcome::incomplete) {
        EXPECT_GT(frame.size, unread.size());
        break;
      }
      found += describe(reader, unread.substr(0, frame.size)) + " ";
      first += frame.size;
    }
  }
  return found + (first == bytes.size() ? "complete" : "incomplete");
}

// What is found in the whole; checks that it is the same for every one and every two cuts, and for
// 2000 single ones where there are too many.
template <class Reader, class Describe>
std::string same_for_every_split(std::string_view bytes, Describe describe) {
  const std::string whole = read_up_to<Reader>({bytes.size()}, bytes, describe);
  const std::size_t cuts = bytes.size() > 300 ? 0 : bytes.size();
  for (std::size_t first = 0; first < bytes.size(); first += bytes.size() / 2000 + 1) {
    EXPECT_EQ(read_up_to<Reader>({first, bytes.size()}, bytes, describe), whole) << first;
    for (std::size_t second = first; second < cuts; ++second) {
      EXPECT_EQ(read_up_to<Reader>({first, second, bytes.size()}, bytes, describe), whole)
          << first << " and " << second;
    }
  }
  return whole;
}

inline std::string content(const std::string& file) {
  std::ifstream from(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

}  // namespace dovetail::sim::testing
