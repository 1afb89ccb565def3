// However a stream is cut, the same messages come out: streams of the corpus' messages, some of
// them damaged, and of each short message every way to cut it once or twice.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/corpus.h"
#include "proptests/generators.h"
#include "proptests/reading.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail::proptests {
namespace {

// Longer ones have too many pairs of places.
constexpr std::size_t short_bytes_max = 128;

std::string damaged_stream(const std::vector<corpus_file>& messages) {
  std::string stream;
  const auto chosen =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  for (const std::uint32_t each : chosen) {
    std::string message = messages[each % messages.size()].bytes;
    if (each % 17 == 0 && !message.empty()) {
      message[(each / 17) % message.size()] = static_cast<char>(each >> 24);
    }
    if (stream.size() + message.size() < 100000) stream += message;
  }
  return stream;
}

// `read(stream, pieces)` is a reading.
template <class Read>
void compare_readings_of_streams(const std::string& folder, Read read) {
  const auto messages = corpus(folder);
  RC_ASSERT(!messages.empty());
  const std::string stream = damaged_stream(messages);
  const auto whole = read(stream, pieces());
  RC_ASSERT(read(stream, any_pieces(stream)) == whole);
  RC_ASSERT(read(stream, byte_by_byte(stream)) == whole);
}

template <class Read>
void compare_readings_of_every_cut(const std::string& folder, Read read) {
  std::size_t messages = 0;
  for (const auto& [name, bytes] : corpus(folder)) {
    if (bytes.size() > short_bytes_max) continue;
    ++messages;
    const auto whole = read(bytes, pieces());
    for (std::size_t first = 1; first < bytes.size(); ++first) {
      ASSERT_EQ(read(bytes, {first}), whole) << name << ", cut at " << first;
      for (std::size_t second = 1; first + second < bytes.size(); ++second) {
        ASSERT_EQ(read(bytes, {first, second}), whole)
            << name << ", cut at " << first << " and " << first + second;
      }
    }
  }
  EXPECT_GT(messages, 10U);
}

auto requests_of(const protocol& speaks) {
  return [&](std::string_view stream, const pieces& cuts) {
    return read_requests(speaks, stream, cuts);
  };
}

auto responses_of(const protocol& speaks) {
  return [&](std::string_view stream, const pieces& cuts) {
    return read_responses(speaks, stream, cuts);
  };
}

RC_GTEST_PROP(framing, redis_requests_do_not_depend_on_cuts, ()) {
  const auto speaks = redis::make_protocol({});
  compare_readings_of_streams("redis/requests", requests_of(*speaks));
}

RC_GTEST_PROP(framing, redis_responses_do_not_depend_on_cuts, ()) {
  const auto speaks = redis::make_protocol({});
  compare_readings_of_streams("redis/responses", responses_of(*speaks));
}

RC_GTEST_PROP(framing, memcache_requests_do_not_depend_on_cuts, ()) {
  const auto speaks = memcache::make_protocol({});
  compare_readings_of_streams("memcache/requests", requests_of(*speaks));
}

RC_GTEST_PROP(framing, memcache_responses_do_not_depend_on_cuts, ()) {
  const auto speaks = memcache::make_protocol({});
  compare_readings_of_streams("memcache/responses", responses_of(*speaks));
}

TEST(framing, redis_requests_are_the_same_for_every_one_and_two_cuts) {
  const auto speaks = redis::make_protocol({});
  compare_readings_of_every_cut("redis/requests", requests_of(*speaks));
}

TEST(framing, redis_responses_are_the_same_for_every_one_and_two_cuts) {
  const auto speaks = redis::make_protocol({});
  compare_readings_of_every_cut("redis/responses", responses_of(*speaks));
}

TEST(framing, memcache_requests_are_the_same_for_every_one_and_two_cuts) {
  const auto speaks = memcache::make_protocol({});
  compare_readings_of_every_cut("memcache/requests", requests_of(*speaks));
}

TEST(framing, memcache_responses_are_the_same_for_every_one_and_two_cuts) {
  const auto speaks = memcache::make_protocol({});
  compare_readings_of_every_cut("memcache/responses", responses_of(*speaks));
}

}  // namespace
}  // namespace dovetail::proptests
