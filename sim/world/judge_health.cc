// Which servers may be out, and whether the proxy keeps to what follows from that: nobody but a
// probe reaches a server that is out, one at a time, and an answer to it ends the matter.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "sim/net/link.h"
#include "sim/world/hasher.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

// After trouble with a server, and where time leaps at any time.
bool judge::may_be_out(std::uint32_t server) const {
  if (scene_->eject_after == 0) return false;
  return scene_->net.leaps || standings_[server].suspect;
}

bool judge::may_have_been_out(std::uint32_t server, event_number since) const {
  if (may_be_out(server)) return true;
  const event_number cleared = standings_[server].cleared;
  return scene_->eject_after > 0 && cleared > 0 && cleared >= since;
}

void judge::clear(standing& of) {
  if (of.suspect) of.cleared = now();
  of.suspect = false;
}

void judge::suspect(const ledger_entry& of) {
  if (of.own) return;
  for (std::uint32_t server = 0; server < standings_.size(); ++server) {
    if (!of.server || *of.server == server) standings_[server].suspect = true;
  }
}

bool judge::is_probe(std::string_view request) const {
  return request == (scene_->redis ? "*1\r\n$4\r\nPING\r\n" : "version\r\n");
}

void judge::judge_probe(wire& on) {
  standing& its = standings_[on.server];
  const auto wrong = [this](const char* text) { fail(oracle::well_formed_forwarding, text); };
  if (!may_be_out(on.server)) return wrong("a server was probed that nothing was wrong with");
  if (on.greeted || on.probed) return wrong("a probe went over a connection that was in use");
  if (scene_->password && !on.accepted) return wrong("a probe went before the password");
  if (its.probe_link != 0) return wrong("a server was probed twice at once");
  on.probed = true;
  its.probe_link = on.link;
  if (its.out_since == no_event) its.out_since = now();
}

// From the first probe to an answer it is known to be out.
void judge::judge_live_traffic(const wire& on, const request_record& of, std::string_view request) {
  standing& its = standings_[on.server];
  if (its.out_since != no_event && of.sent != no_event && of.sent > its.out_since) {
    return fail(oracle::routing,
                "went to a server that is out: " + std::string(request.substr(0, 100)));
  }
  const bool back = its.well_since != no_event && of.sent > its.well_since;
  if (back && !ledger_.touches(on.server, its.well_since, now())) clear(its);
}

void judge::on_probe_served(const served& what) {
  standing& its = standings_[what.server];
  if (its.probe_link == 0 || its.probe_link != link_of(what.server, what.connection)) return;
  its.probe_link = 0;
  if (what.wrong && what.wrong != fault::surplus) return;
  its.out_since = no_event;
  its.well_since = now();
}

void judge::on_probe_gone(const link& at) {
  for (standing& each : standings_) {
    if (each.probe_link == at.id) each.probe_link = 0;
  }
}

// A connection that is still waiting to be greeted may be the trouble of before.
bool judge::is_greeted(std::uint32_t server) const {
  return !scene_->password || std::ranges::none_of(lines_out_, [server](const wire& each) {
    return each.server == server && !each.gone && !each.accepted;
  });
}

void judge::on_recovered() {
  for (std::uint32_t server = 0; server < standings_.size(); ++server)
    if (is_greeted(server)) clear(standings_[server]);
}

void judge::add_standings(hasher& to) const {
  for (const standing& each : standings_) {
    to.add((each.suspect ? 1U : 0U) + (each.probe_link != 0 ? 2U : 0U) +
           (each.out_since != no_event ? 4U : 0U) + (each.well_since != no_event ? 8U : 0U));
  }
}

}  // namespace dovetail::sim
