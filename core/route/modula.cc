#include "route/modula.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "route/distribution.h"

namespace dovetail {

void modula::rebuild(std::span<const place> places) {
  if (std::ranges::none_of(places, &place::live)) return;
  stretches_.clear();
  std::uint64_t end = 0;
  for (std::uint32_t server = 0; server < places.size(); ++server) {
    if (!places[server].live) continue;
    end += places[server].weight;
    stretches_.push_back({end, server});
  }
  DOVETAIL_CHECK(end > 0);
}

std::uint32_t modula::pick(std::uint32_t hash) {
  DOVETAIL_CHECK(!stretches_.empty());
  const std::uint64_t remainder = hash % stretches_.back().end;
  return std::ranges::upper_bound(stretches_, remainder, {}, &stretch::end)->server;
}

}  // namespace dovetail
