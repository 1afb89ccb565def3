// A run as a sequence of moments: plain values, for whoever draws them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/verdict.h"

namespace dovetail::sim {

// Bytes that were handed over to the network, or taken from it.
struct movement {
  std::string from;  // c0, p (the proxy) or s0
  std::string to;
  std::string bytes;
  bool arrives = false;  // read by `to`; else written by `from`
};

// A place in a client's reply window.
struct window_place {
  std::string request;  // c0r1
  bool settled = false;
  std::string reply;
};

// A request that a server owes an answer to.
struct owed_answer {
  std::string request;     // c0r1, or c0r1.0 for a part of it; empty when nobody waits
  bool written = false;    // all of it
  bool abandoned = false;  // its time is over
};

// What the proxy holds for a client, and what is on the way between them.
struct client_moment {
  bool connected = false;  // as the proxy knows
  bool over = false;       // for the client
  std::string requests;    // a letter for each: - not sent, s sent, r replied
  std::string to_proxy;
  std::string inbox;
  std::vector<window_place> window;
  std::string outbox;
  std::string to_client;
  std::string notes;  // paused, finishing, …
};

// Likewise for a connection to a server.
struct line_moment {
  std::string name;  // s0#1
  std::uint32_t server = 0;
  std::string state;  // connecting, greeting, ready
  bool peer_gone = false;
  std::string outbox;
  std::vector<owed_answer> awaiting;
  std::string to_server;
  std::string to_proxy;
  std::string inbox;
};

struct frame {
  std::uint64_t event = 0;  // of the run
  std::int64_t us = 0;      // since its first
  std::string what;         // happened
  bool is_fault = false;
  bool healed = false;  // nothing goes wrong any more
  std::vector<movement> moves;
  std::vector<std::string> struck;  // s0: surplus; what servers did wrong meanwhile
  std::vector<std::string> ended;   // connections of the proxy's to servers, and why
  // Afterwards:
  std::vector<client_moment> clients;
  std::vector<line_moment> lines;
};

struct film_client {
  std::string name;                   // in its script; else empty
  bool probe = false;                 // comes when all is over, to try the servers
  std::vector<std::string> requests;  // their bytes
};

// In the place of a rule, where a script is not fulfilled.
inline constexpr std::string_view not_as_expected = "not as expected";

struct film {
  std::string from;
  std::string scene;  // as YAML
  bool redis = true;
  std::uint32_t servers = 0;
  std::vector<film_client> clients;
  std::vector<frame> frames;
  verdict found;
  std::string unmet;  // of a script: file, line and what was expected there. Empty: all of it
  bool whole = true;  // else it ends before the run does

  bool good() const { return found.good() && unmet.empty(); }
};

}  // namespace dovetail::sim
