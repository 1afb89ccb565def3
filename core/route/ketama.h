// ketama: a ring of 32-bit numbers on which each server has about 160 points. A key belongs to the
// first point at or after its hash, so that a server that leaves moves only its own keys.
//
//     0 ──●────────────●───●──────────●──────────── 2^32
//         A    hash ─▶ B   A          C        ─▶ past the last: the first, A

#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "route/distribution.h"

namespace dovetail {

// Point for point the ring of twemproxy 0.5.0 (nc_ketama.c) on x86-64.
class ketama : public distribution {
 public:
  struct point {
    std::uint32_t value;
    std::uint32_t server;
    auto operator<=>(const point&) const = default;
  };

  void rebuild(std::span<const place> places) override;
  std::uint32_t pick(std::uint32_t hash) override;

  // In ascending order; of equal values the one whose server comes first is first.
  std::span<const point> points() const { return points_; }

 private:
  void add_points(std::uint32_t server, std::string_view name, std::uint32_t digests);

  std::vector<point> points_;
};

// How many MD5 digests, four points each, a server gets whose weight is `weight` of
// `weight_of_all` among `live` servers: 40 if all weigh the same, or 39 where single precision
// falls short (25, 47, 50 ... servers); none below a fortieth of a fair share.
std::uint32_t ketama_digests(std::uint64_t weight, std::uint64_t weight_of_all, std::uint32_t live);

}  // namespace dovetail
