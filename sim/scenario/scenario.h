// A scenario file as plain values. README.md in fixtures/scenarios says how one is written.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config_error.h"
#include "sim/scenario/range.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"

namespace dovetail::sim {

// A client, or a server and its connections.
struct party {
  bool server = false;
  std::uint32_t number = 0;

  auto operator<=>(const party&) const = default;
};

// What the proxy holds for a party at a moment; what is not said is not looked at.
struct snapshot {
  std::optional<std::uint64_t> replies;      // a client has received
  std::optional<std::uint64_t> window;       // of a client: requests not answered yet
  std::optional<std::uint64_t> awaiting;     // of a server: responses that are owed
  std::optional<std::uint64_t> unwritten;    // of either: bytes in its outbox
  std::optional<std::uint64_t> connections;  // of a server: open ones of the proxy
  std::optional<std::uint64_t> blocks;       // of the whole proxy
};

struct script_step {
  enum class deed : std::uint8_t {
    deliver,     // of what `whom` has sent, `bytes` reach the proxy
    accept,      // of what the proxy has for `whom`, `bytes` are taken from now on
    reset,       // the connection breaks
    finish,      // `whom` sends its end of stream
    close,       // `whom` drops its connection
    connect,     // a client that was not there before
    stop,        // a client does not read any more
    resume,      // … and again
    stall,       // a server answers nothing
    restart,     // a server dies and comes again without its data
    refuse,      // a server refuses connections
    black_hole,  // attempts to connect to a server are not answered
    unresolve,   // a server's name leads nowhere
    exhaust,     // the proxy has no descriptor for another connection
    reload,      // the proxy has one connection more to each server, or as many as before
    heal,        // a server is well again; or the proxy
    advance,     // `time` passes
    timer,       // time goes on to the proxy's next deadline
    conduct,     // what a server does with its next request
    say,         // a server says `text` unasked
    race,        // each branch in its order, all interleavings of the branches: each is a run
    together,    // the branch's deeds are told in one turn
    now,         // how things are
  };

  deed what = deed::deliver;
  party whom = {};
  std::size_t bytes = std::numeric_limits<std::size_t>::max();  // that: all there are
  std::size_t messages = 0;  // so many whole ones instead, of what is delivered
  duration time{};
  conduct next = {};
  std::string text = {};
  std::vector<std::vector<script_step>> branches = {};
  std::map<party, snapshot> things = {};
  snapshot proxy = {};
  int line = 0;
  bool in_race = false;  // may find nothing to do
};

// What became of one request: any of `value`, `error`, `none`, `any`, or the reply's bytes, whole
// or up to a final `*`.
using outcome = std::vector<std::string>;

struct expectation {
  std::map<std::uint32_t, std::vector<outcome>> replies;  // to clients; one for each request
  std::vector<std::uint32_t> closed;                      // clients whom the proxy has closed
  std::vector<std::uint32_t> open;                        // … has not
  std::vector<std::uint32_t> kept;                        // servers that lost no connection
  std::vector<std::uint32_t> lost;                        // … that lost one
  std::map<std::string, std::uint64_t> counters;          // of the proxy
  int line = 0;
};

struct scenario {
  // Without `kind` a file is a plain scene, for whoever runs it to choose about.
  enum class sort : std::uint8_t { script, swarm, explore, plain };

  std::string file;
  sort kind = sort::plain;
  scene what;
  std::vector<std::string> clients;  // their names, except in a plain scene

  // script
  std::vector<script_step> steps;
  std::vector<expectation> always;     // in every order of its races
  std::vector<expectation> sometimes;  // each in at least one
  std::vector<expectation> never;      // each in none

  // swarm
  swarm_ranges ranges;
  std::uint64_t seeds = 100;

  // explore
  enum class faulty : std::uint8_t { as_scene, none, each_single, each_pair };
  faulty with = faulty::as_scene;
  std::vector<fault> choose_from;  // for each_single and each_pair; empty: all that fit
  std::uint64_t states_max = 200'000'000;
  std::optional<std::uint64_t> outcomes;  // how many different ones there are without faults
  bool is_long = false;                   // of the long suite only
};

std::expected<scenario, std::vector<config_error>> parse_scenario(std::string_view text,
                                                                  const std::string& file);

}  // namespace dovetail::sim
