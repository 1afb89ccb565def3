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
  garbage,        // bytes that are no reply at all, instead of one
  reload,         // the proxy is told to have one connection more to each server, or as before
  unresolved,     // a server's name leads nowhere until the world heals
  stop_reading,   // a client reads nothing until then, or until it strikes again
  restart,        // a server dies with all its connections, and comes again without its data
};
inline constexpr std::size_t faults = 21;

std::string_view name_of(fault what);

// Whether a server that does this says what it should not say, so that it may be told so.
bool is_lie(fault what);

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
  exact,  // word for word; see exact_request
  auth,   // redis: says the password
  all,    // every server: KEYS and SCRIPT, or flush_all
  scan,   // redis: SCAN, at the server that the scene says
};

struct step {
  verb what = verb::get;
  std::vector<std::uint8_t> owners = {0};  // for each key the server that owns it
  std::uint16_t exact = 0;                 // which of the scene's exact requests

  bool operator==(const step&) const = default;
};

// What a server must get of an exact request, and what it says then: as it does by itself, when
// that is empty.
struct exact_part {
  std::uint8_t server = 0;
  std::string wire;
  std::string answer;

  bool operator==(const exact_part&) const = default;
};

// A request that no verb makes: its bytes, what becomes of them, and what the client must be told.
// In its texts `<s1>` is a key that server 1 owns, `<s1.2>` another one, and `<64>` 64 bytes of no
// interest.
struct exact_request {
  bool words = false;  // bytes and wires are words, written as an array of redis
  std::string bytes;
  std::vector<exact_part> parts;  // none: the proxy answers by itself
  std::string reply;              // exactly, or up to a final `*`. Empty: what the one part says
  bool replied = true;            // false: the client is told nothing

  bool operator==(const exact_request&) const = default;
};

struct client_scene {
  std::vector<step> steps;
  std::size_t window = 0;  // unanswered at once; 0: all
  duration pause{};        // before it connects
  bool late = false;       // it comes when it is told to; those behind it are late, too

  bool operator==(const client_scene&) const = default;
};

struct scene {
  bool redis = true;
  std::uint32_t servers = 1;
  std::uint32_t lanes = 1;  // connections to each server
  duration timeout{};       // zero: none
  bool eager = true;        // clients and servers react at once; else whenever the chooser says
  bool preconnect = true;   // server connections stand before the first choice
  bool stay = false;        // clients do not leave before the world heals
  duration client_idle_timeout{};  // zero: none
  bool password = false;           // servers want AUTH, and the proxy knows it
  std::size_t blocks_max = 0;      // that the proxy may hold at any moment; 0: not looked at
  std::size_t block_bytes = 512;
  unsigned eject_after = 0;                // failures of a server; 0: none is ever ejected
  bool eject_rehash = true;                // its keys go to the others then
  bool per_key = false;                    // a failed part of an MGET or get fails its own keys
  unsigned clients_max = 0;                // that the proxy may have at once; 0: any number
  std::size_t requests_max = 1024;         // of one client, unanswered
  std::size_t reply_bytes_max = 1U << 20;  // of one client, waiting or coming
  std::size_t server_outbox_bytes_max = 1U << 24;
  std::size_t pool_bytes_max = 1U << 30;
  std::vector<exact_request> exact;
  std::vector<client_scene> clients;
  habits net;
  // The order in which requests reach the servers is part of a state: then a search ends in one
  // state for each such order, and in more where something else makes a difference, too.
  bool orders_count = false;
  fault_budget budget{};      // of each fault
  unsigned faults_max = 255;  // of all together
  // Bit N: what oracle N finds is passed over; to ask what it is for.
  std::uint32_t oracles_off = 0;

  // So many replies may be coming of a client of which nothing is known.
  static constexpr std::size_t replies_at_first = 16;

  // Whether a client may have to wait until earlier requests are answered.
  bool limited() const {
    return requests_max < 1024 || reply_bytes_max < 1U << 20 ||
           server_outbox_bytes_max < 1U << 24 || pool_bytes_max < 1U << 30;
  }

  bool operator==(const scene&) const = default;
};

// --- addresses in the simulated world

endpoint proxy_address();
endpoint server_address(std::uint32_t server);

}  // namespace dovetail::sim
