#include "route/random.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "route/distribution.h"

namespace dovetail {

void random_distribution::rebuild(std::span<const place> places) {
  if (std::ranges::none_of(places, &place::live)) return;
  live_.clear();
  for (std::uint32_t server = 0; server < places.size(); ++server) {
    if (places[server].live) live_.push_back(server);
  }
}

std::uint32_t random_distribution::pick(std::uint32_t) {
  DOVETAIL_CHECK(!live_.empty());
  return live_[draws_.below(static_cast<std::uint32_t>(live_.size()))];
}

}  // namespace dovetail
