// In ketama a server that comes or goes moves only its own keys, and about its share of them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/generators.h"
#include "route/distribution.h"
#include "route/ketama.h"

namespace dovetail::proptests {
namespace {

constexpr std::uint64_t circle = std::uint64_t{1} << 32;

// Servers of one weight. With some numbers of them (25, 47, 50 …) rounding gives each 156 points
// and not 160, as twemproxy has it: then every server loses some of its keys when it comes to that.
std::vector<std::string> any_names() {
  const auto names = *rc::gen::container<std::set<std::string>>(
      2 + below(30), rc::gen::exec([] { return any_word(20); }));
  return {names.begin(), names.end()};
}

std::vector<place> places_of(const std::vector<std::string>& names, std::size_t absent) {
  std::vector<place> places;
  places.reserve(names.size());
  for (std::size_t at = 0; at < names.size(); ++at)
    places.push_back({.name = names[at], .weight = 1, .live = at != absent});
  return places;
}

// A ring of many points is a step function of the hash: where either of two has a step, and just
// behind it, is all that there is to compare.
std::vector<std::uint32_t> steps_of(const ketama& one, const ketama& other) {
  std::vector<std::uint32_t> hashes = {0, std::numeric_limits<std::uint32_t>::max()};
  for (const ketama* ring : {&one, &other}) {
    for (const ketama::point& each : ring->points()) {
      hashes.push_back(each.value);
      hashes.push_back(each.value + 1);
    }
  }
  return hashes;
}

// The part of all hashes that are `server`'s, of `circle`.
std::uint64_t share_of(std::uint32_t server, const ketama& ring) {
  std::uint64_t sum = 0;
  std::uint64_t from = 0;  // one past the point before
  for (const ketama::point& each : ring.points()) {
    if (each.server == server) sum += each.value + 1 - from;
    from = std::uint64_t{each.value} + 1;
  }
  if (ring.points().front().server == server) sum += circle - from;
  return sum;
}

RC_GTEST_PROP(moved_keys, are_only_those_of_the_server_that_comes_or_goes, ()) {
  const auto names = any_names();
  const auto count = static_cast<std::uint32_t>(names.size());
  RC_PRE(ketama_digests(1, count, count) == ketama_digests(1, count - 1, count - 1));
  const std::size_t changed = below(names.size());

  ketama with, without;
  with.rebuild(places_of(names, names.size()));
  without.rebuild(places_of(names, changed));
  for (const std::uint32_t hash : steps_of(with, without)) {
    const std::uint32_t before = without.pick(hash);
    const std::uint32_t after = with.pick(hash);
    RC_ASSERT(before != changed);
    if (after != before) RC_ASSERT(after == changed);
  }
}

// About 160 points divide the circle at random: a server's share is nearly normal around 1/n with a
// deviation of 1/n / sqrt(160), so that six of them are half of it.
RC_GTEST_PROP(moved_keys, are_about_a_fair_share, ()) {
  const auto names = any_names();
  ketama ring;
  ring.rebuild(places_of(names, names.size()));
  std::uint64_t all = 0;
  for (std::uint32_t server = 0; server < names.size(); ++server) {
    const std::uint64_t share = share_of(server, ring);
    all += share;
    RC_ASSERT(share * names.size() > circle / 2);
    RC_ASSERT(share * names.size() < circle / 2 * 3 + circle / 4);
  }
  RC_ASSERT(all == circle);
}

// A server that is back has its keys again, and nobody else's have moved.
RC_GTEST_PROP(moved_keys, come_back_with_their_server, ()) {
  const auto names = any_names();
  const std::size_t changed = below(names.size());
  ketama ring, untouched;
  untouched.rebuild(places_of(names, names.size()));
  ring.rebuild(places_of(names, names.size()));
  ring.rebuild(places_of(names, changed));
  ring.rebuild(places_of(names, names.size()));
  RC_ASSERT(std::ranges::equal(ring.points(), untouched.points()));
}

}  // namespace
}  // namespace dovetail::proptests
