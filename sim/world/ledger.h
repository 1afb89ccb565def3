// What went wrong in a run, where and for how long: what may excuse an error.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/world/scene.h"

namespace dovetail::sim {

// Counts a run's happenings: the time of verdicts.
using event_number = std::uint64_t;
inline constexpr event_number no_event = std::numeric_limits<event_number>::max();

struct ledger_entry {
  fault what = fault::client_reset;
  std::optional<std::uint32_t> server;  // none: it may concern any
  std::uint32_t link = 0;               // of the server connection; 0: of no one in particular
  event_number from = 0;
  event_number until = no_event;
  bool own = false;  // an error that a server told to who had caused it: excuses nobody else's
};

class ledger {
 public:
  void enter(const ledger_entry& what) {
    entries_.push_back(what);
    ++counts_[static_cast<std::size_t>(what.what)];
  }

  // What concerned link `gone` has had its effect.
  void close_link(std::uint32_t gone, event_number now) {
    for (ledger_entry& each : entries_) {
      if (each.link == gone && each.until == no_event) each.until = now;
    }
  }

  // Time that had gone on has been noticed.
  void close_lateness(event_number now) {
    for (ledger_entry& each : entries_) {
      if (each.what == fault::lateness && each.until == no_event) each.until = now;
    }
  }

  // Everything that lasted until the world healed.
  void heal(event_number now) {
    for (ledger_entry& each : entries_) {
      if (each.link == 0 && each.until == no_event) each.until = now;
    }
  }

  // Whether it may be a reason for what happened with `server` between the events.
  static bool concerns(const ledger_entry& what,
                       std::uint32_t server,
                       event_number from,
                       event_number to) {
    if (what.own || (what.server && *what.server != server)) return false;
    return what.from <= to && what.until >= from;
  }

  // Whether something went wrong with `server` between the events.
  bool touches(std::uint32_t server, event_number from, event_number to) const {
    for (const ledger_entry& each : entries_) {
      if (concerns(each, server, from, to)) return true;
    }
    return false;
  }

  // Whether something went wrong between the events that no one server is to blame for.
  bool touches_all(event_number from, event_number to) const {
    for (const ledger_entry& each : entries_) {
      if (!each.server && each.from <= to && each.until >= from) return true;
    }
    return false;
  }

  // Whether `server` has ever said what it should not have said.
  bool has_lie_of(std::uint32_t server) const {
    for (const ledger_entry& each : entries_) {
      if (is_lie(each.what) && (!each.server || *each.server == server)) return true;
    }
    return false;
  }

  unsigned count(fault what) const { return counts_[static_cast<std::size_t>(what)]; }
  const std::vector<ledger_entry>& entries() const { return entries_; }

 private:
  std::vector<ledger_entry> entries_;
  unsigned counts_[faults] = {};
};

}  // namespace dovetail::sim
