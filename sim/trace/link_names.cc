#include "sim/trace/link_names.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/trace/choice.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

using kind = happening::kind;
using whom = named_happening::whom;

constexpr std::size_t servers_max = 1U << 16;

link_names::place place_of(const link& at) {
  const link_end& end = at.end(0);
  if (at.to == proxy_address()) {
    if (!end.who()) return {};
    return {.is = whom::to_client, .number = end.who().slot};
  }
  const auto server = parse_unsigned(std::string_view(at.to.host).substr(1), servers_max);
  if (!server) return {};
  return {.is = whom::to_server, .number = static_cast<std::uint32_t>(*server)};
}

}  // namespace

// Links are in the order of their ids.
void link_names::look() {
  for (const auto& each : wires_->links()) {
    if (each->id < places_.size() && places_[each->id].is != whom::unknown) continue;
    if (each->id >= places_.size()) places_.resize(each->id + 1);
    place found = place_of(*each);
    if (found.is == whom::unknown) continue;
    const auto same = [&](const place& other) {
      return other.is == found.is && other.number == found.number;
    };
    found.nth = 1 + static_cast<std::uint32_t>(std::ranges::count_if(places_, same));
    places_[each->id] = found;
  }
}

named_happening link_names::name(const happening& event) const {
  named_happening named{.what = event.what};
  named.number = event.whom;
  switch (event.what) {
    case kind::turn_end:
    case kind::wake:
    case kind::leap:
      named.is = whom::host;
      return named;
    case kind::fault:
      named.wrong = static_cast<fault>(event.detail);
      break;
    default:
      named.side = event.side;
      break;
  }
  switch (event.what == kind::fault ? named.wrong : fault::server_reset) {
    case fault::client_reset:
    case fault::client_finish:
      named.is = whom::client;
      return named;
    case fault::server_reset:
    case fault::server_close:
      break;
    case fault::lateness:
    case fault::descriptors:
    case fault::reload:
      named.number = 0;
      return named;
    default:
      named.is = whom::server;
      return named;
  }
  const place whose = of(event.whom);
  named.is = whose.is;
  named.number = whose.number;
  named.nth = whose.nth;
  if (event.what == kind::accept || event.what == kind::connected) named.side = 0;
  return named;
}

}  // namespace dovetail::sim
