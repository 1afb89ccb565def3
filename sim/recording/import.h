// A recording made into a scenario: the same clients, asking the same of model servers in the same
// order, with every rule watched.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "recorder/file.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

struct import_options {
  std::string pool = {};   // its name; empty: the only one
  std::uint64_t from = 1;  // of the recording's events, which count from 1
  std::uint64_t until = ~std::uint64_t{0};
};

struct imported {
  std::string script;        // of kind `script`; fixtures/scenarios/README.md
  std::size_t clients = 0;   // that asked something between these events
  std::size_t requests = 0;  // of theirs
  std::size_t steps = 0;
  std::size_t left_out = 0;    // steps that the model's world has no occasion for
  std::uint64_t reloaded = 0;  // the event in which another configuration took over: it ends there
  verdict found;               // of the judge, when the script was played
};

// More than these are no scenario that somebody reads: they are refused, and `from` and `until`
// take a part.
inline constexpr std::size_t imported_requests_max = 2000;

// What of a recording is about one of its pools. A request becomes the verb of a scenario that does
// to the proxy what it did (any command about one key that reads is a `get`), its keys are those of
// the same servers; lengths and values are the model's own. Fails, in a line, where there is no
// such pool, nothing was asked, or too much.
std::expected<imported, std::string> import_recording(const recording& of,
                                                      const import_options& how = {});

}  // namespace dovetail::sim
