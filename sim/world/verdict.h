// What an oracle found.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/world/ledger.h"

namespace dovetail::sim {

// The rules that a run is held against; sim/rules.md says each in a sentence. Values are
// their numbers.
enum class oracle : std::uint8_t {
  none = 0,
  pairing = 1,
  exactly_one = 2,
  no_foreign_byte = 3,
  well_formed_output = 4,
  well_formed_forwarding = 5,
  at_most_once = 6,
  no_loss = 7,
  routing = 8,
  forward_order = 9,
  no_reuse_after_desync = 10,
  fragments = 11,
  errors_justified = 12,
  noreply = 13,
  local_order = 14,
  linearizability = 15,
  close_semantics = 16,
  handles = 17,
  leaks = 18,
  quiescence = 19,
  probe = 20,
  liveness = 21,
  bounded = 22,
  isolation = 23,
  work_bound = 24,
  plausibility = 25,
  observability = 26,
  determinism = 27,
  accounting = 28,
};

std::string_view name_of(oracle rule);

struct verdict {
  oracle broken = oracle::none;
  event_number at = 0;
  std::string text;

  bool good() const { return broken == oracle::none; }
};

}  // namespace dovetail::sim
