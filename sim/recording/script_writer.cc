#include "sim/recording/script_writer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/time.h"
#include "config/config.h"
#include "sim/recording/peer_events.h"

namespace dovetail::sim {

script_writer::script_writer(const pool_config& of, const peer_event_reader& from)
    : pool_(of), from_(from) {
  for (const peer_event& each : from_.events()) {
    if (each.server || each.requests.empty()) continue;
    auto& its = asked_[each.number];
    its.insert(its.end(), each.requests.begin(), each.requests.end());
    requests_ += each.requests.size();
  }
  for (const bool early : {true, false}) {
    for (const auto& [client, requests] : asked_) {
      if (from_.was_there(client) != early) continue;
      names_[client] = fmt::format("c{}", in_order_.size());  // as pictures number them
      in_order_.push_back(client);
    }
  }
  for (const peer_event& each : from_.events())
    add(each);
}

std::string script_writer::place_of(const made_step& of) {
  return fmt::format("event {}, {:.3f} s", of.event,
                     std::chrono::duration<double>(of.at.time_since_epoch()).count());
}

void script_writer::leave_out(std::size_t step) {
  const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(step);
  left_out_.push_back(std::move(*at));
  steps_.erase(at);
}

std::string script_writer::text() const {
  std::string out = "kind: script\n" + surroundings() + "clients:\n";
  for (const std::uint32_t client : in_order_) {
    out += fmt::format("  {}:\n", names_.at(client));
    for (const std::string& each : asked_.at(client))
      out += fmt::format("    - {}\n", each);
  }
  out += "steps:\n";
  for (const made_step& each : steps_)
    out += fmt::format("  - {}  # {}\n", each.text, place_of(each));
  for (const made_step& each : left_out_) {
    out +=
        fmt::format("# left out, for there was no occasion: {}, {}\n", each.text, place_of(each));
  }
  return out;
}

std::string script_writer::surroundings() const {
  std::string out = fmt::format("protocol: {}\nservers: {}\n", pool_.redis ? "redis" : "memcache",
                                pool_.servers.size());
  const auto add = [&](std::string_view key, auto value, bool usual) {
    if (!usual) out += fmt::format("{}: {}\n", key, value);
  };
  add("lanes", pool_.server_connections, pool_.server_connections == 1);
  add("timeout", fmt::format("{}ms", pool_.timeout_ms), pool_.timeout_ms == 0);
  add("preconnect", false, !connects_);
  add("password", true, !pool_.redis || pool_.redis_auth.empty());
  add("eject_after", pool_.server_failure_limit, !pool_.auto_eject_hosts);
  add("eject_rehash", false, pool_.eject_rehash);
  add("per_key", true, pool_.on_partial_failure == partial_failure_kind::error);
  add("requests_max", pool_.client_requests_max, pool_.client_requests_max >= 1024);
  return out;
}

void script_writer::add(const peer_event& what) {
  if (!what.server && !asked_.contains(what.number)) return;
  const std::string whom = what.server ? fmt::format("s{}", what.number) : names_.at(what.number);
  const auto then = [&](std::string text) {
    steps_.push_back({.event = what.event, .at = what.at, .text = std::move(text)});
  };
  pass_time(what);
  switch (what.what) {
    case peer_event::kind::comes:
      return then("connect " + whom);
    case peer_event::kind::says:
      return then(fmt::format("deliver {} {} message{}", whom, what.messages,
                              what.messages == 1 ? "" : "s"));
    case peer_event::kind::finishes:
      then((what.server ? "close " : "finish ") + whom);
      return then("deliver " + whom);
    case peer_event::kind::breaks:
      then("reset " + whom);
      // A client's is seen by itself.
      if (what.server && what.heard) then("deliver " + whom);
      return;
    case peer_event::kind::refuses:
      // Whoever is asked for a connection must be as it is by then.
      if (!std::exchange(refused_[what.number], true))
        add_before(what.since, what.at, "refuse " + whom);
      return;
    case peer_event::kind::connects:
      connects_ = true;
      if (std::exchange(refused_[what.number], false))
        add_before(what.event, what.at, "heal " + whom);
      return;
  }
}

// In front of what came with that event.
void script_writer::add_before(std::uint64_t event, instant at, std::string text) {
  const auto where = std::ranges::lower_bound(steps_, event, {}, &made_step::event);
  steps_.insert(where, {.event = event, .at = at, .text = std::move(text)});
}

// Deadlines pass; less than a tenth of one does not matter.
void script_writer::pass_time(const peer_event& to) {
  if (!passed_to_) passed_to_ = to.at;
  if (pool_.timeout_ms == 0) return;
  const auto gone = std::chrono::floor<std::chrono::milliseconds>(to.at - *passed_to_);
  if (gone < std::chrono::milliseconds(std::max(1, pool_.timeout_ms / 10))) return;
  *passed_to_ += gone;
  add_before(to.event, to.at, fmt::format("advance {}ms", gone.count()));
}

}  // namespace dovetail::sim
