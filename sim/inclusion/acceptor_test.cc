#include "sim/inclusion/acceptor.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <system_error>

#include <gtest/gtest.h>

#include "io/socket.h"
#include "sim/inclusion/excursion.h"
#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {
namespace {

using kind = entry::kind;
using change = std::function<bool(journal&)>;  // false where there is nothing to change

// Refusals to be proven, with so many programs, on TCP and on unix sockets in turn.
constexpr int wanted = 6;
constexpr std::uint64_t programs = 120;

// Most refusals are proven in a hundred tries, hardly any takes more than a thousand.
constexpr std::size_t tries_max = 2000;

bool has_read(const entry& each) {
  return each.what == kind::read && each.came && *each.came > 0;
}

// How many recordings that are accepted as they are were changed, and what then became of them. Of
// the rest the search was given up.
struct tally {
  int changed = 0;
  int accepted = 0;
  int refused = 0;
};

tally outcomes_after(const change& made) {
  tally found;
  for (std::uint64_t seed = 1; seed <= programs && found.refused < wanted; ++seed) {
    journal real = excursion(seed, std::chrono::milliseconds(20));
    if (!accept(real).accepted || !made(real)) continue;
    ++found.changed;
    const acceptance now = accept(real, tries_max);
    if (now.accepted) ++found.accepted;
    if (!now.accepted && !now.given_up) ++found.refused;
  }
  return found;
}

void expect_refused(const change& made) {
  const tally found = outcomes_after(made);
  EXPECT_EQ(found.refused, wanted);
  EXPECT_EQ(found.accepted, 0);
  EXPECT_GE(found.refused * 4, found.changed * 3);
}

TEST(acceptor, refuses_a_byte_that_nobody_wrote) {
  expect_refused([](journal& of) {
    const auto read = std::ranges::find_if(of, has_read);
    if (read == of.end()) return false;
    read->bytes.back() ^= 1;
    return true;
  });
}

TEST(acceptor, refuses_a_read_of_more_than_there_was_room_for) {
  expect_refused([](journal& of) {
    const auto read = std::ranges::find_if(of, has_read);
    if (read == of.end()) return false;
    read->asked = *read->came;
    read->came = *read->came + 1;
    read->bytes += '.';
    return true;
  });
}

TEST(acceptor, refuses_an_event_that_nobody_watches_for) {
  expect_refused([](journal& of) {
    const auto told =
        std::ranges::find_if(of, [](const entry& each) { return each.what == kind::ready; });
    if (told == of.end()) return false;
    of.insert(told + 1, entry(*told));
    return true;
  });
}

TEST(acceptor, refuses_silence_where_bytes_are_waiting) {
  expect_refused([](journal& of) {
    const auto silence =
        std::ranges::find_if(of, [](const entry& each) { return each.what == kind::quiet; });
    if (silence == of.end()) return false;
    // The last time before it that a socket was told of bytes which it then read.
    auto told = silence;
    const auto bytes_were_there = [&] {
      if (told->what != kind::ready || !io::can_read(told->ways)) return false;
      return std::any_of(told, silence, [&](const entry& later) {
        return has_read(later) && later.whom == told->whom;
      });
    };
    do {
      if (told == of.begin()) return false;
      --told;
    } while (!bytes_were_there());
    // Without that, and without everything that followed from it.
    of.erase(told, silence);
    return true;
  });
}

TEST(acceptor, refuses_a_reset_between_ends_that_live_on) {
  expect_refused([](journal& of) {
    const auto read = std::ranges::find_if(of, has_read);
    const auto first_end = std::ranges::find_if(of, [](const entry& each) {
      return each.what == kind::close || each.what == kind::abort || each.what == kind::unlisten;
    });
    if (read >= first_end || read == of.end()) return false;
    read->came = std::unexpected(std::make_error_code(std::errc::connection_reset));
    read->bytes.clear();
    return true;
  });
}

}  // namespace
}  // namespace dovetail::sim::inclusion
