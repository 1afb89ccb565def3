#include "sim/net/contract/profile.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string_view>

#include "base/random.h"
#include "sim/net/network.h"

namespace dovetail::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Everything at once, each at odds of its own.
habits swarm(random_stream& random) {
  habits how;
  how.cuts = static_cast<cutting>(random.below(4));
  how.batches = random.below(2) == 0;
  how.leaps = random.below(2) == 0;
  how.loses = random.below(2) == 0;
  how.stale = random.below(2) == 0;
  // The longest outlasts the pauses of the clauses.
  constexpr std::array lags = {microseconds(0), microseconds(20), microseconds(30000)};
  how.lag = lags[random.below(lags.size())];
  if (random.below(4) == 0) how.lateness = milliseconds(1);
  if (random.below(2) == 0) how.stream_bytes_max = 1U << (10 + random.below(8));
  return how;
}

// A clause whose words are so few that no kernel would cut them.
constexpr void no_cuts(habits& how) {
  how.cuts = cutting::never;
}

// A clause that says what had arrived before.
constexpr void no_lag(habits& how) {
  how.lag = duration::zero();
}

struct fitting {
  std::string_view clause;
  void (*fit)(habits&);
};

constexpr std::array fittings = {
    fitting{"a_crowd_is_accepted_each_once", no_cuts},
    fitting{"a_hundred_connections_each_hear_their_own", no_cuts},
    fitting{"keeping_alive_changes_nothing_that_is_seen", no_cuts},
    fitting{"an_abort_is_a_reset_perhaps_after_what_had_arrived", no_cuts},
    fitting{"an_accepted_socket_can_be_used_in_the_turn_it_came_in", no_cuts},
    fitting{"what_came_before_a_reset_may_still_be_read", no_cuts},
    fitting{"closing_with_unread_input_resets_the_peer", no_lag},
};

constexpr std::array all = {
    profile{"dull", false, [](random_stream&) { return habits(); }},
    profile{"whole", true, [](random_stream&) { return habits(); }},
    profile{"messages", true, [](random_stream&) { return habits{.cuts = cutting::messages}; }},
    profile{"halves", true, [](random_stream&) { return habits{.cuts = cutting::halves}; }},
    profile{"anywhere", true, [](random_stream&) { return habits{.cuts = cutting::anywhere}; }},
    profile{"batches", true, [](random_stream&) { return habits{.batches = true}; }},
    profile{"leaps", true, [](random_stream&) { return habits{.leaps = true}; }},
    profile{"loses", true,
            [](random_stream&) { return habits{.cuts = cutting::anywhere, .loses = true}; }},
    profile{"stale", true, [](random_stream&) { return habits{.batches = true, .stale = true}; }},
    profile{"lags", true, [](random_stream&) { return habits{.lag = milliseconds(1)}; }},
    profile{"late", true,
            [](random_stream&) { return habits{.leaps = true, .lateness = milliseconds(50)}; }},
    profile{"narrow", true,
            [](random_stream& random) {
              return habits{.cuts = cutting::anywhere,
                            .stream_bytes_max = 1024 + random.below(4096)};
            }},
    profile{"swarm", true, swarm, true},
};

}  // namespace

std::span<const profile> profiles() {
  return all;
}

const profile* find_profile(std::string_view name) {
  const auto* const found = std::ranges::find(all, name, &profile::name);
  return found == all.end() ? nullptr : found;
}

void fit(habits& how, std::string_view clause) {
  for (const fitting& each : fittings) {
    if (each.clause == clause) each.fit(how);
  }
}

}  // namespace dovetail::sim
