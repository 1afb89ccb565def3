// Where the keys of a server that is out go to the others: who owns them, and whether that can be.
//
// All keys of a request are placed in one moment, among the servers that were in it then. Which
// they were shows in what is forwarded; until then, and where nothing is, any set is possible of
// which each server may have been out, and nobody else was known to be.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/world/asked.h"
#include "sim/world/asked_of_pool.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

bool judge::rehashes(const request_record& of) const {
  if (scene_->eject_after == 0 || !scene_->eject_rehash || scene_->servers == 1) return false;
  return !of.what.parts.empty() && of.what.what != verb::exact && !is_of_pool(of.what.what);
}

bool judge::may_be_divided(const request_record& of, std::uint32_t without) const {
  for (std::uint32_t server = 0; server < scene_->servers; ++server) {
    const bool out = ((without >> server) & 1U) != 0;
    if (out && !may_have_been_out(server, of.sent)) return false;
    const event_number since = standings_[server].out_since;
    if (!out && since != no_event && of.sent > since) return false;
  }
  return true;
}

// The request as it is when these servers are out. Nothing when that cannot be.
std::optional<judge::request_record> judge::divided(const request_record& of,
                                                    std::uint32_t without) const {
  if (!may_be_divided(of, without)) return std::nullopt;
  std::vector<std::uint32_t> live;
  for (std::uint32_t server = 0; server < scene_->servers; ++server) {
    if (((without >> server) & 1U) == 0) live.push_back(server);
  }
  std::vector<std::uint32_t> owners;
  owners.reserve(of.what.keys.size());
  for (const std::string& key : of.what.keys)
    owners.push_back(live[owner_of(key, static_cast<std::uint32_t>(live.size()))]);
  request_record made = of;
  made.without = without;
  made.what.parts = divide(of.what, owners, scene_->redis);
  made.parts.assign(made.what.parts.size(), {});
  for (std::size_t before = 0; before < of.parts.size(); ++before) {
    if (of.parts[before].link == 0) continue;
    const auto same = std::ranges::find_if(made.what.parts, [&](const asked_part& each) {
      return each.server == of.what.parts[before].server && each.keys == of.what.parts[before].keys;
    });
    if (same == made.what.parts.end()) return std::nullopt;
    made.parts[static_cast<std::size_t>(same - made.what.parts.begin())] = of.parts[before];
  }
  return made;
}

// Before `server` is held to have been asked rightly.
void judge::divide_for(request_record& of, std::uint32_t server, std::string_view request) const {
  if (!rehashes(of)) return;
  const auto fits = [&](const request_record& as) {
    return std::ranges::any_of(as.what.parts, [&](const asked_part& each) {
      return each.server == server && each.wire == request;
    });
  };
  if (may_be_divided(of, of.without) && fits(of)) return;
  const std::uint32_t all = (1U << scene_->servers) - 1;
  for (std::uint32_t without = 0; without < all; ++without) {
    auto as = divided(of, without);
    if (!as || !fits(*as)) continue;
    of = std::move(*as);
    return;
  }
}

// With nobody to ask there are no parts whose server could be named.
bool judge::nobody_was_there(const request_record& of, std::string_view reply) const {
  const bool asked = std::ranges::any_of(of.parts, [](const auto& each) { return each.link != 0; });
  if (asked || !may_be_divided(of, (1U << scene_->servers) - 1)) return false;
  return is_error(reply, scene_->redis) && reply.contains("Connection refused") &&
         !reply.contains("server \"");
}

bool judge::failure_is_fine_somehow(const request_record& to, std::string_view reply) const {
  if (!rehashes(to)) return failure_is_fine(to, reply);
  if (nobody_was_there(to, reply)) return true;
  if (may_be_divided(to, to.without) && failure_is_fine(to, reply)) return true;
  const std::uint32_t all = (1U << scene_->servers) - 1;
  for (std::uint32_t without = 0; without < all; ++without) {
    const auto as = divided(to, without);
    if (as && failure_is_fine(*as, reply)) return true;
  }
  return false;
}

// Whether it is asked of this server, as far as one can know.
bool judge::may_concern(const request_record& of, std::uint32_t server) const {
  const auto part = std::ranges::find(of.what.parts, server, &asked_part::server);
  if (part != of.what.parts.end()) return true;
  return rehashes(of) &&
         std::ranges::any_of(of.parts, [](const part_record& each) { return each.link == 0; });
}

bool judge::may_have_failed_somewhere(const request_record& of) const {
  for (std::uint32_t server = 0; server < scene_->servers; ++server) {
    if (!may_concern(of, server)) continue;
    if (ledger_.touches(server, of.sent, now()) || may_have_been_out(server, of.sent)) return true;
  }
  return false;
}

}  // namespace dovetail::sim
