#include "recorder/flight_log.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/time.h"
#include "io/socket.h"
#include "recorder/entry.h"

namespace dovetail {
namespace {

std::vector<entry> entries_of(const flight_log& log) {
  std::vector<entry> all;
  for (const std::string_view chunk : log.chunks()) {
    entry_reader reader(chunk);
    while (const auto next = reader.next())
      all.push_back(*next);
    EXPECT_TRUE(reader.at_end());
  }
  return all;
}

TEST(flight_log, gives_back_what_was_put_in) {
  const std::string bytes("a\0b", 3);
  const std::vector<entry> put = {
      {.kind = entry_kind::start, .since = duration(1'000'000'000'000), .text = {}},
      {.kind = entry_kind::accept, .which = 70000, .at = 3, .since = duration(5), .text = {}},
      {.kind = entry_kind::ready, .what = io::readiness::both, .which = 1, .text = {}},
      {.kind = entry_kind::read, .which = 1, .asked = 16384, .number = 3, .text = bytes},
      {.kind = entry_kind::write, .failed = true, .which = 1, .asked = 9, .number = 11, .text = {}},
      {.kind = entry_kind::write,
       .which = 1,
       .asked = 9,
       .number = 9,
       .hash = std::numeric_limits<std::uint64_t>::max(),
       .text = {}},
      {.kind = entry_kind::turn_end, .text = {}},
      {.kind = entry_kind::woken,
       .number = std::numeric_limits<std::uint64_t>::max() / 2,
       .text = {}},
      {.kind = entry_kind::adopt, .number = 7, .text = "alpha:\n"}};
  flight_log log(1);
  for (const entry& each : put)
    log.add(each);
  EXPECT_EQ(entries_of(log), put);
  EXPECT_EQ(log.entries(), put.size());
}

TEST(flight_log, keeps_its_beginning_when_it_is_full) {
  flight_log log(3 * flight_log::chunk_bytes);
  const std::string bytes(100'000, 'x');
  while (!log.is_full())
    log.add({.kind = entry_kind::read, .number = bytes.size(), .text = bytes});
  const std::uint64_t entries = log.entries();
  EXPECT_EQ(entries, 30U);
  log.add({.kind = entry_kind::drop, .text = {}});
  EXPECT_EQ(log.entries(), entries);
  EXPECT_EQ(entries_of(log).size(), entries);
}

TEST(flight_log, what_is_larger_than_a_chunk_has_one_of_its_own) {
  flight_log log(8 * flight_log::chunk_bytes);
  const std::string bytes(2 * flight_log::chunk_bytes, 'x');
  log.add({.kind = entry_kind::drop, .text = {}});
  log.add({.kind = entry_kind::read, .number = bytes.size(), .text = bytes});
  log.add({.kind = entry_kind::drop, .text = {}});
  ASSERT_EQ(entries_of(log).size(), 3U);
  EXPECT_EQ(entries_of(log)[1].text, bytes);
}

// Whatever bytes there are, reading them ends, and within them.
TEST(entry_reader, takes_no_bytes_that_are_not_there) {
  random_stream chance(1);
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes(1 + chance.below(24), '\0');
    for (char& each : bytes)
      each = static_cast<char>(chance.below(256));
    bytes.front() = static_cast<char>(chance.below(48));
    entry_reader reader(bytes);
    std::size_t text = 0;
    while (const auto next = reader.next())
      text += next->text.size();
    EXPECT_LE(text, bytes.size());
  }
}

TEST(byte_hash, is_the_same_however_the_bytes_are_divided) {
  const std::string bytes = "The quick brown fox jumps over the lazy dog";
  const auto all = std::as_bytes(std::span(bytes));
  byte_hash whole;
  whole.add(all);
  for (std::size_t first = 0; first <= all.size(); ++first) {
    for (std::size_t second = first; second <= all.size(); ++second) {
      byte_hash divided;
      divided.add(all.first(first));
      divided.add(all.subspan(first, second - first));
      divided.add(all.subspan(second));
      ASSERT_EQ(divided.value(), whole.value()) << first << ' ' << second;
    }
  }
}

TEST(byte_hash, differs_for_what_differs_in_one_bit_or_in_zeros_behind_it) {
  const std::string bytes(19, '\0');
  byte_hash of_zeros;
  of_zeros.add(std::as_bytes(std::span(bytes)));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(1U << (bit % 8));
    byte_hash other;
    other.add(std::as_bytes(std::span(changed)));
    EXPECT_NE(other.value(), of_zeros.value()) << bit;
  }
  const std::string one_more = bytes + '\0';
  byte_hash longer;
  longer.add(std::as_bytes(std::span(one_more)));
  EXPECT_NE(longer.value(), of_zeros.value());
}

}  // namespace
}  // namespace dovetail
