// modula gives each live server exactly its weight in every period of hashes; random gives each
// live server the same, give or take what chance allows.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/generators.h"
#include "route/distribution.h"
#include "route/modula.h"
#include "route/random.h"

namespace dovetail::proptests {
namespace {

// At least one is live.
std::vector<place> any_places(std::uint32_t weight_max) {
  std::vector<place> places(1 + below(10));
  for (place& each : places) {
    each.weight = static_cast<std::uint32_t>(1 + below(weight_max));
    each.live = !one_in(3);
  }
  places[below(places.size())].live = true;
  return places;
}

std::size_t live_among(const std::vector<place>& places) {
  std::size_t live = 0;
  for (const place& each : places)
    live += each.live ? 1U : 0U;
  return live;
}

RC_GTEST_PROP(shares, of_modula_are_exactly_the_weights, ()) {
  const auto places = any_places(40);
  modula spread;
  spread.rebuild(places);
  std::uint32_t period = 0;
  for (const place& each : places)
    period += each.live ? each.weight : 0;

  const auto first = *rc::gen::inRange<std::uint32_t>(0, 0xffffffffU - period);
  std::vector<std::uint32_t> picks(places.size());
  for (std::uint32_t hash = first; hash < first + period; ++hash)
    ++picks[spread.pick(hash)];
  for (std::size_t at = 0; at < places.size(); ++at)
    RC_ASSERT(picks[at] == (places[at].live ? places[at].weight : 0U));
}

// Of n picks each server gets about n / live, with a deviation below sqrt(n / live): six of them
// are wrong once in a thousand million times.
RC_GTEST_PROP(shares, of_random_are_equal_whatever_the_weights, ()) {
  constexpr std::int64_t mean = 900;  // picks of each
  const auto places = any_places(1'000'000);
  const auto live = static_cast<std::int64_t>(live_among(places));
  random_distribution spread(*rc::gen::arbitrary<std::uint64_t>());
  spread.rebuild(places);

  std::vector<std::int64_t> picks(places.size());
  for (std::int64_t left = mean * live; left > 0; --left)
    ++picks[spread.pick(0)];
  for (std::size_t at = 0; at < places.size(); ++at) {
    if (!places[at].live) RC_ASSERT(picks[at] == 0);
    if (places[at].live) RC_ASSERT(std::abs(picks[at] - mean) <= 6 * 30);
  }
}

// Who has no live server keeps the last layout.
RC_GTEST_PROP(shares, stay_when_nobody_is_live, ()) {
  auto places = any_places(10);
  const auto spread = make_distribution(
      any_of<distribution_kind>({distribution_kind::ketama, distribution_kind::modula}), 0);
  spread->rebuild(places);
  const auto hashes =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  std::vector<std::uint32_t> before;
  before.reserve(hashes.size());
  for (const std::uint32_t hash : hashes)
    before.push_back(spread->pick(hash));
  for (place& each : places)
    each.live = false;
  spread->rebuild(places);
  for (std::size_t at = 0; at < hashes.size(); ++at)
    RC_ASSERT(spread->pick(hashes[at]) == before[at]);
}

}  // namespace
}  // namespace dovetail::proptests
