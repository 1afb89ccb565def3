// What a run is made of, before anybody chooses: plain values.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/net/network.h"

namespace dovetail::sim {

// What can go wrong in the world. Each strikes at most as often as its budget says, at a moment
// that the chooser picks.
enum class fault : std::uint8_t {
  client_reset,   // a client's connection breaks
  client_finish,  // a client sends its end of stream while replies are owed
  server_reset,   // a server connection breaks, whatever was on its way
  server_close,   // a server closes a connection, as a process does that dies
  lateness,       // time goes on to the next deadline although other things could happen first
  stall,          // a server answers nothing any more until the world heals
  refusal,        // a server refuses new connections until then
  black_hole,     // attempts to connect to a server are not answered until then
  error_reply,    // a server answers a request with an error of its own (OOM, BUSY, LOADING, …)
  early_error,    // … while the request is still arriving, and swallows the rest of it
  truncation,     // a reply ends in its middle and the server hangs up
  surplus,        // a reply comes twice
  omission,       // a request gets no reply at all
  wrong_type,     // a reply of a type that the command never has
  wrong_key,      // a value under another key; an array of another length
  descriptors,    // the proxy has no descriptor for a new connection until the world heals
};
inline constexpr std::size_t faults = 16;

std::string_view name_of(fault what);

using fault_budget = std::array<std::uint8_t, faults>;

// What a client asks. Keys are made so that each belongs to the server that the scene says.
enum class verb : std::uint8_t {
  get,   // one key
  gets,  // several: MGET, or memcached's get
  set,
  sets,  // several: MSET
  del,   // several in redis
  incr,
  quiet,    // memcached's set with noreply; in redis a SET
  echo,     // the proxy answers: ECHO, or version
  unknown,  // the proxy refuses: no such command
  quit,
};

struct step {
  verb what = verb::get;
  std::vector<std::uint8_t> owners = {0};  // for each key the server that owns it

  bool operator==(const step&) const = default;
};

struct client_scene {
  std::vector<step> steps;
  std::size_t window = 0;  // unanswered at once; 0: all
  duration pause{};        // before it connects

  bool operator==(const client_scene&) const = default;
};

struct scene {
  bool redis = true;
  std::uint32_t servers = 1;
  std::uint32_t lanes = 1;     // connections to each server
  duration timeout{};          // zero: none
  bool eager = true;           // clients and servers react at once; else whenever the chooser says
  bool preconnect = true;      // server connections stand before the first choice
  bool stay = false;           // clients do not leave before the world heals
  bool password = false;       // servers want AUTH, and the proxy knows it
  std::size_t blocks_max = 0;  // that the proxy may hold at any moment; 0: not looked at
  std::size_t block_bytes = 512;
  std::vector<client_scene> clients;
  habits net;
  fault_budget budget{};      // of each fault
  unsigned faults_max = 255;  // of all together

  bool operator==(const scene&) const = default;
};

// --- addresses in the simulated world

endpoint proxy_address();
endpoint server_address(std::uint32_t server);

}  // namespace dovetail::sim
