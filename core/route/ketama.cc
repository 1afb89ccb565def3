#include "route/ketama.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "route/distribution.h"
#include "route/hash/md5.h"

namespace dovetail {
namespace {

constexpr float points_per_server = 160;
constexpr float points_per_digest = 4;

// twemproxy formats the name of a point into 273 bytes, the last of them NUL.
constexpr std::size_t point_name_max = 272;

static_assert(FLT_EVAL_METHOD == 0, "ketama's single precision must not be computed wider");

}  // namespace

// The one decision made in floating point, because twemproxy made it so and rounding shows: each
// step rounds to single precision except the sum, which is double and then rounded.
std::uint32_t ketama_digests(std::uint64_t weight,
                             std::uint64_t weight_of_all,
                             std::uint32_t live) {
  const float share = static_cast<float>(weight) / static_cast<float>(weight_of_all);
  const float points = share * points_per_server;
  const float digests = points / points_per_digest;
  const float scaled = digests * static_cast<float>(live);
  const auto nudged = static_cast<float>(static_cast<double>(scaled) + 0.0000000001);
  return static_cast<std::uint32_t>(std::floor(nudged));
}

void ketama::add_points(std::uint32_t server, std::string_view name, std::uint32_t digests) {
  std::string text;
  for (std::uint32_t digest = 0; digest < digests; ++digest) {
    text.assign(name).append("-").append(decimal::of(digest).text());
    const md5_digest md5 = md5_of(std::string_view(text).substr(0, point_name_max));
    for (std::size_t at = 0; at < 4; ++at)
      points_.push_back({md5.word(at), server});
  }
}

void ketama::rebuild(std::span<const place> places) {
  std::uint32_t live = 0;
  std::uint64_t weight_of_all = 0;
  for (const place& place : places) {
    if (!place.live) continue;
    ++live;
    weight_of_all += place.weight;
  }
  if (live == 0) return;
  DOVETAIL_CHECK(weight_of_all > 0);

  points_.clear();
  for (std::uint32_t server = 0; server < places.size(); ++server) {
    const place& place = places[server];
    if (!place.live) continue;
    add_points(server, place.name, ketama_digests(place.weight, weight_of_all, live));
  }
  // twemproxy sorts by value with glibc's qsort, a merge sort, so equal values stay in the order of
  // their servers. Sorted by both, equal points cannot be told apart, and any sort will do.
  std::ranges::sort(points_);
}

// A binary search whose steps are arithmetic, not branches: hashes are random, so the branch of
// std::lower_bound is mispredicted at every other step, which doubles the time.
std::uint32_t ketama::pick(std::uint32_t hash) {
  DOVETAIL_CHECK(!points_.empty());
  const point* from = points_.data();
  for (std::size_t left = points_.size(); left > 1;) {
    const std::size_t half = left / 2;
    from += half * static_cast<std::size_t>(from[half - 1].value < hash);
    left -= half;
  }
  if (from->value >= hash) return from->server;
  return points_.front().server;  // past the last point
}

}  // namespace dovetail
